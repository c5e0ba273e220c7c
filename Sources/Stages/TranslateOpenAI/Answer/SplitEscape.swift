import Pipeline

/// Keeps the two escapes of one character together when a provider splits them over two fragments.
///
/// `"\ud83d"` and `"\ude00"` are each valid JSON, but not every client can join what they decode to. The first
/// half waits for the next fragment; a half that stays alone becomes U+FFFD.
struct SplitEscape {
  private static let escapeLength = 6
  private static let replacement = Array(#"\ufffd"#.utf8)

  private var half: Bytes = []

  /// What may be written of `fragment`, the characters of a JSON string: nearly always all of it.
  mutating func join(_ fragment: Bytes, hasEscapes: Bool) -> Bytes {
    guard hasEscapes || !half.isEmpty, !fragment.isEmpty else { return fragment }
    var text = fragment
    if !half.isEmpty {
      let isPair = Self.surrogate(text.prefix(Self.escapeLength)) == .low
      text = (isPair ? half : Bytes(Self.replacement)) + text
      half = []
    }
    let tail = text.suffix(Self.escapeLength)
    guard Self.surrogate(tail) == .high, Self.isEscape(at: tail.startIndex, in: text) else { return text }
    half = tail
    return text[..<tail.startIndex]
  }

  /// What is left at the end of the string.
  mutating func finish() -> Bytes {
    defer { half = [] }
    return half.isEmpty ? [] : Bytes(Self.replacement)
  }

  private enum Surrogate { case high, low }

  /// The half of a character that these bytes are an escape of.
  private static func surrogate(_ escape: Bytes) -> Surrogate? {
    guard escape.count == escapeLength, escape.starts(with: #"\u"#.utf8) else { return nil }
    let digits = escape.dropFirst(2).compactMap { hexadecimalValue($0) }
    guard digits.count == 4, digits[0] == 0xD, digits[1] >= 8 else { return nil }
    return digits[1] >= 0xC ? .low : .high
  }

  /// Whether the backslash at `place` begins an escape: an even number of others stands before it.
  private static func isEscape(at place: Int, in text: Bytes) -> Bool {
    let before = text[..<place].reversed().prefix { $0 == UInt8(ascii: "\\") }
    return before.count.isMultiple(of: 2)
  }
}
