/// The lines of a text, by the offsets of their bytes.
struct SourceLines: Sendable {
  let bytes: [UInt8]
  /// What lines end with: as the first one does.
  let newline: String

  private static let feed = UInt8(ascii: "\n")

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let first = bytes.firstIndex(of: Self.feed)
    newline = first.map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false ? "\r\n" : "\n"
  }

  var endsWithNewline: Bool { bytes.last.map { $0 == Self.feed } ?? true }

  /// The first byte of the line `offset` lies in.
  func start(_ offset: Int) -> Int { (bytes[..<offset].lastIndex(of: Self.feed) ?? -1) + 1 }

  /// The first byte of the line after that of `offset`, or the end of the text.
  func next(_ offset: Int) -> Int {
    bytes[offset...].firstIndex(of: Self.feed).map { $0 + 1 } ?? bytes.count
  }

  /// After the last byte of the line that is no line end.
  func end(_ offset: Int) -> Int {
    let end = bytes[offset...].firstIndex(of: Self.feed) ?? bytes.count
    return end > start(offset) && bytes[end - 1] == 0x0D ? end - 1 : end
  }

  /// The first byte of the line before the one that begins at `start`; nil for the first line.
  func previous(_ start: Int) -> Int? { start > 0 ? self.start(start - 1) : nil }

  func column(_ offset: Int) -> Int { offset - start(offset) }

  /// The text of the line that begins at `start`, without its end.
  private func line(_ start: Int) -> ArraySlice<UInt8> { bytes[start..<end(start)] }

  private func indented(_ start: Int) -> ArraySlice<UInt8> { line(start).drop { $0 == 0x20 || $0 == 0x09 } }

  func isBlank(_ start: Int) -> Bool { indented(start).isEmpty }

  func isComment(_ start: Int) -> Bool { indented(start).first == UInt8(ascii: "#") }

  /// The column of the first character that is no white space.
  func indent(_ start: Int) -> Int { indented(start).startIndex - start }

  /// The beginning of the spaces directly before `offset`.
  func blanksStart(_ offset: Int) -> Int {
    offset - bytes[start(offset)..<offset].reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
  }

  /// Nothing but white space stands before `offset` in its line.
  func isFirst(_ offset: Int) -> Bool { indented(start(offset)).startIndex >= offset }

  /// A comment that hides an example: the key or dash of one follows the `#`, with other than one space between.
  func isExample(_ start: Int) -> Bool {
    let text = indented(start).dropFirst()
    let content = text.drop { $0 == 0x20 }
    guard content.startIndex - text.startIndex != 1 else { return false }
    let isDash = content.first == UInt8(ascii: "-") && (content.dropFirst().first.map { $0 == 0x20 } ?? true)
    let key = content.prefix { $0 != UInt8(ascii: ":") && $0 != 0x20 }
    return isDash || (!key.isEmpty && content.dropFirst(key.count).first == UInt8(ascii: ":"))
  }

  // MARK: What belongs to an entry

  /// The beginning of the comments directly above the line of `offset` that have its indent.
  func commentsStart(_ offset: Int) -> Int {
    var first = start(offset)
    let indent = indent(first)
    while let line = previous(first), isComment(line), !isExample(line), self.indent(line) == indent {
      first = line
    }
    return first
  }

  /// After the line an entry ends in, and after the comments below it that are indented more than the entry.
  ///
  /// - Parameter column: of the entry.
  func ownedEnd(_ end: Int, column: Int) -> Int {
    var owned = next(end)
    var line = owned
    while line < bytes.count, isBlank(line) || (isComment(line) && indent(line) > column) {
      let following = next(line)
      if isComment(line) { owned = following }
      line = following
    }
    return owned
  }
}
