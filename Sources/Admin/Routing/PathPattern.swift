/// A path with named parts, such as `/endpoints/{name}/toggle`.
package struct PathPattern: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case literal(String)
    case named(String)
  }

  package let text: String
  private let parts: [Part]

  package init(_ text: String) {
    self.text = text
    parts = text.split(separator: "/").map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .named(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  /// The names in braces, in order.
  var names: [String] { parts.compactMap { if case .named(let name) = $0 { name } else { nil } } }

  /// So many parts are written out: of two patterns that match, the one with more is meant.
  var literalCount: Int { parts.count - names.count }

  /// The named parts, percent-decoded; nil when the path is another one. A part is never empty, and one that does
  /// not decode to UTF-8 matches nothing.
  func match(_ path: Substring) -> [String: String]? {
    let pieces = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard path.hasPrefix("/"), pieces.count == parts.count else { return nil }
    var values: [String: String] = [:]
    for (part, piece) in zip(parts, pieces) {
      switch part {
      case .literal(let text): guard piece == text else { return nil }
      case .named(let name):
        guard let value = percentDecoded(piece), !value.isEmpty else { return nil }
        values[name] = value
      }
    }
    return values
  }
}

/// Percent escapes resolved; nil for a broken escape, or bytes that are not UTF-8.
///
/// - Parameter plusIsSpace: as in a query.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
  var bytes: [UInt8] = []
  var rest = Substring(text).utf8
  while let byte = rest.popFirst() {
    switch byte {
    case UInt8(ascii: "%"):
      guard let high = hexDigit(rest.popFirst()), let low = hexDigit(rest.popFirst()) else { return nil }
      bytes.append(high << 4 | low)
    case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
    default: bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8?) -> UInt8? {
  switch byte {
  case .some(let byte) where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): byte - UInt8(ascii: "0")
  case .some(let byte) where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
    (byte | 0x20) - UInt8(ascii: "a") + 10
  default: nil
  }
}
