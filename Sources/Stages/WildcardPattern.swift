/// A pattern over a whole text: `*` is any run of characters, also none, `?` is one (a Unicode scalar). Case
/// counts; nothing escapes a wildcard.
///
/// Never recurses: on a mismatch only the last `*` takes one character more, so the time is bounded by the
/// length of the text times that of the pattern, and is that of the text in practice.
package struct WildcardPattern: Sendable, Hashable {
  private enum Element: Hashable {
    case byte(UInt8)
    case one
    case run
  }

  private let elements: [Element]

  /// Every text is a pattern.
  package init(_ pattern: some StringProtocol) {
    elements = pattern.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "*"): .run
      case UInt8(ascii: "?"): .one
      default: .byte(byte)
      }
    }
  }

  /// Whether all of `text` matches.
  package func matches(_ text: some StringProtocol) -> Bool {
    // Only strings that are bridged from elsewhere have to be copied.
    text.utf8.withContiguousStorageIfAvailable { bytes in unsafe covers(bytes) }
      ?? covers(Array(text.utf8))
  }

  private func covers<Text: RandomAccessCollection<UInt8>>(_ text: Text) -> Bool where Text.Index == Int {
    var index = text.startIndex
    var place = 0
    var lastRun: (place: Int, index: Int)?
    while index < text.endIndex {
      switch place < elements.count ? elements[place] : nil {
      case .byte(let wanted)? where wanted == text[index]:
        index += 1
        place += 1
      case .one?:
        index = text.endOfScalar(at: index)
        place += 1
      case .run?:
        place += 1
        if place == elements.count { return true }
        lastRun = (place, index)
      case .byte?, nil:
        guard let run = lastRun else { return false }
        index = text.endOfScalar(at: run.index)
        place = run.place
        lastRun = (place, index)
      }
    }
    return elements[place...].allSatisfy { $0 == .run }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  fileprivate func endOfScalar(at start: Int) -> Int {
    var end = start + 1
    while end < endIndex, self[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
