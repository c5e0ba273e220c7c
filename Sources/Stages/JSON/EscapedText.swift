import Pipeline

/// Text as it stands between the quotes of a JSON string, its escapes unresolved.
///
/// Text that only moves from one JSON text into another is never decoded, so nothing of it changes on the
/// way: not the spelling of an escape, not half a surrogate pair. What is written around it is escaped when it
/// is put together:
///
///     let note: EscapedText = "Tool result for \(id): \(output)"
struct EscapedText: Sendable, Equatable {
  private var characters: [UInt8] = []

  init() {}

  /// Nil unless `json` is a JSON string, which must be valid.
  init?(json: Bytes?) {
    guard let json, json.count >= 2, json.first == UInt8(ascii: "\"") else { return nil }
    characters = Array(json.dropFirst().dropLast())
  }

  /// Any text, which is escaped.
  init(_ text: String) { characters = Array(text.jsonQuoted.utf8.dropFirst().dropLast()) }

  var isEmpty: Bool { characters.isEmpty }

  /// The JSON string, quotes included.
  var quoted: Bytes {
    var json: [UInt8] = []
    json.reserveCapacity(characters.count + 2)
    json.append(UInt8(ascii: "\""))
    json += characters
    json.append(UInt8(ascii: "\""))
    return Bytes(json)
  }

  /// The text itself; half a surrogate pair becomes U+FFFD.
  var decoded: String { quoted.jsonString ?? "" }

  mutating func append(_ other: EscapedText) { characters += other.characters }
}

extension EscapedText: ExpressibleByStringInterpolation {
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = EscapedText()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) { text.append(EscapedText(literal)) }
    mutating func appendInterpolation(_ value: EscapedText) { text.append(value) }
    mutating func appendInterpolation(_ value: String) { text.append(EscapedText(value)) }
    mutating func appendInterpolation(_ value: Int) { text.append(EscapedText(String(value))) }
  }

  init(stringLiteral value: String) { self.init(value) }
  init(stringInterpolation: StringInterpolation) { self = stringInterpolation.text }
}

extension Sequence<EscapedText> {
  /// One text, with a blank line between its parts.
  func joined(by separator: EscapedText = "\n\n") -> EscapedText {
    var joined = EscapedText()
    var isFirst = true
    for text in self {
      if !isFirst { joined.append(separator) }
      joined.append(text)
      isFirst = false
    }
    return joined
  }
}
