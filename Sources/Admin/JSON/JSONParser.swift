package import Pipeline

/// Why a text is no JSON: what was expected and at which byte.
package struct JSONProblem: Error, Equatable {
  package var message: String
  package var offset: Int
}

extension JSON {
  /// Reads one value with nothing but white space around it.
  ///
  /// Strict: UTF-8, no repeated names in one object, no lone surrogates, at most 64 levels.
  package init(_ bytes: Bytes) throws(JSONProblem) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  private static let deepest = 64

  let bytes: Bytes
  private var at: Int
  private var depth = 0

  init(bytes: Bytes) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  mutating func document() throws(JSONProblem) -> JSON {
    let value = try value()
    skipSpace()
    if at != bytes.endIndex { throw problem("more after the value") }
    return value
  }

  private func problem(_ message: String) -> JSONProblem {
    JSONProblem(message: message, offset: at - bytes.startIndex)
  }

  private var next: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value() throws(JSONProblem) -> JSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { (parser) throws(JSONProblem) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(JSONProblem) in try parser.array() }
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw problem("a value is missing")
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONProblem) -> JSON
  ) throws(JSONProblem) -> JSON {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw problem("nested too deeply") }
    at += 1
    return try body(&self)
  }

  private mutating func object() throws(JSONProblem) -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("expected a name") }
      let name = try string()
      guard names.insert(name).inserted else { throw problem("the name \(name.jsonQuoted) is there twice") }
      guard take(UInt8(ascii: ":")) else { throw problem("expected a colon") }
      members.append(JSON.Member(name, try value()))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw problem("expected , or }") }
    return .object(members)
  }

  private mutating func array() throws(JSONProblem) -> JSON {
    var values: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat { values.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw problem("expected , or ]") }
    return .array(values)
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONProblem) -> JSON {
    guard bytes[at...].starts(with: word.utf8) else { throw problem("no JSON value") }
    at += word.utf8.count
    return value
  }

  private mutating func number() throws(JSONProblem) -> JSON {
    let start = at
    if next == UInt8(ascii: "-") { at += 1 }
    let first = next
    let whole = digits()
    guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else { throw problem("no JSON value") }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      guard digits() > 0 else { throw problem("a digit is missing") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      guard digits() > 0 else { throw problem("a digit is missing") }
    }
    let text = bytes[start..<at].text
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw problem("the number is too large") }
    return .number(number)
  }

  private mutating func digits() -> Int {
    let start = at
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    return at - start
  }

  private mutating func string() throws(JSONProblem) -> String {
    at += 1
    var text: [UInt8] = []
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw problem("not UTF-8") }
        return string
      case UInt8(ascii: "\\"): text += try escape()
      case ..<0x20: throw problem("a control character in a string")
      default: text.append(byte)
      }
    }
    throw problem("the string does not end")
  }

  private mutating func escape() throws(JSONProblem) -> [UInt8] {
    guard let byte = next else { throw problem("the string does not end") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    default: throw problem("no such escape")
    }
  }

  private mutating func scalar() throws(JSONProblem) -> Character {
    var unit = try unit()
    if (0xD800..<0xDC00).contains(unit), bytes[at...].starts(with: "\\u".utf8) {
      at += 2
      let low = try self.unit()
      guard (0xDC00..<0xE000).contains(low) else { throw problem("half a surrogate pair") }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw problem("half a surrogate pair") }
    return Character(scalar)
  }

  private mutating func unit() throws(JSONProblem) -> UInt32 {
    let digits = bytes[at...].prefix(4)
    guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
      let unit = UInt32(digits.text, radix: 16)
    else { throw problem("four hexadecimal digits are missing") }
    at += 4
    return unit
  }
}
