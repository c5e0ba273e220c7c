/// The texts of a column as small numbers, 0 being NULL: rows are told apart without a string for each.
struct ColumnTexts {
  /// A text that was met lately.
  private struct Recent {
    var bytes: [UInt8]
    var number: Int
  }

  /// Columns mostly have few texts, or the same one many times over.
  private static let remembered = 8

  private let column: CInt
  private(set) var texts: [String?] = [nil]
  private var numbers: [String: Int] = [:]
  private var recent: [Recent] = []
  private var turn = 0
  /// Where among them the row before had its text.
  private var last = 0

  init(column: CInt) { self.column = column }

  mutating func number(in row: StatementRows) -> Int {
    unsafe row.withText(column) { bytes in
      guard let bytes = unsafe bytes else { return 0 }
      if last < recent.count, unsafe Self.isSame(recent[last].bytes, bytes) { return recent[last].number }
      if let place = recent.firstIndex(where: { unsafe Self.isSame($0.bytes, bytes) }) {
        last = place
        return recent[place].number
      }
      let number = self.number(of: unsafe String(decoding: bytes, as: UTF8.self))
      let text = Recent(bytes: unsafe Array(bytes), number: number)
      if recent.count < Self.remembered {
        recent.append(text)
      } else {
        recent[turn % Self.remembered] = text
        turn += 1
      }
      return number
    }
  }

  mutating func number(of text: String?) -> Int {
    guard let text else { return 0 }
    if let number = numbers[text] { return number }
    numbers[text] = texts.count
    texts.append(text)
    return texts.count - 1
  }

  /// Compares from the end, where names that belong together differ.
  private static func isSame(_ known: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard known.count == bytes.count else { return false }
    return unsafe known.withUnsafeBufferPointer { known in
      var place = known.count
      while place > 0 {
        place &-= 1
        if unsafe known[place] != bytes[place] { return false }
      }
      return true
    }
  }
}
