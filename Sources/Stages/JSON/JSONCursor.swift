/// A strict, forward-only reader of one JSON text that copies nothing.
///
/// It visits what the caller asks for and skips the rest, checking all it passes against RFC 8259 (UTF-8 is
/// checked elsewhere, duplicate keys are allowed). Positions are indexes into the `Bytes` it was opened on, so
/// a value can be sliced out or spliced over in place.
///
///     try bytes.readJSON { json throws(JSONError) in
///       try json.beginObject()
///       while let key = try json.nextKey() {
///         if json.matches(key, "model") { model = try json.string() } else { try json.skipValue() }
///       }
///     }
@safe
package struct JSONCursor {
  /// Nesting deeper than this is refused.
  package static let maximumDepth = 512

  let base: UnsafePointer<UInt8>
  let count: Int
  /// The index of `base[0]` in the bytes the cursor was opened on.
  let origin: Int
  var offset = 0
  /// A container was just opened, so no comma comes before its first element.
  var isFresh = false
  init(base: UnsafePointer<UInt8>, count: Int, origin: Int) {
    unsafe self.base = unsafe base
    self.count = count
    self.origin = origin
  }

  /// The index of the next unread byte.
  package var position: Int { origin + offset }
  func byte(at offset: Int) -> UInt8 { unsafe offset < count ? base[offset] : 0 }
  func error(_ problem: JSONError.Problem) -> JSONError {
    JSONError(problem: problem, offset: offset)
  }
  package mutating func skipWhitespace() {
    while offset < count {
      switch byte(at: offset) {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  /// The kind of the next value, which stays unread.
  package mutating func peek() throws(JSONError) -> JSONKind {
    skipWhitespace()
    switch byte(at: offset) {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error(offset < count ? .unexpectedByte : .unexpectedEnd)
    }
  }

  // MARK: Containers
  package mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{")) }
  package mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "[")) }
  mutating func open(_ bracket: UInt8) throws(JSONError) {
    skipWhitespace()
    guard byte(at: offset) == bracket else { throw error(offset < count ? .wrongKind : .unexpectedEnd) }
    offset += 1
    isFresh = true
  }

  /// The next key of the object opened last, its value being next; nil, with the object closed, at its end.
  package mutating func nextKey() throws(JSONError) -> JSONString? {
    guard try advance(closing: UInt8(ascii: "}")) else { return nil }
    let key = try string()
    skipWhitespace()
    guard byte(at: offset) == UInt8(ascii: ":") else {
      throw error(offset < count ? .unexpectedByte : .unexpectedEnd)
    }
    offset += 1
    return key
  }

  /// Whether the array opened last has another element, which is next; false, with the array closed, at its end.
  package mutating func nextElement() throws(JSONError) -> Bool {
    try advance(closing: UInt8(ascii: "]"))
  }
  mutating func advance(closing bracket: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    let next = byte(at: offset)
    if next == bracket {
      offset += 1
      isFresh = false
      return false
    }
    if isFresh {
      isFresh = false
      return true
    }
    guard next == UInt8(ascii: ",") else { throw error(offset < count ? .unexpectedByte : .unexpectedEnd) }
    offset += 1
    return true
  }

  /// Fails unless only white space is left.
  package mutating func end() throws(JSONError) {
    skipWhitespace()
    if offset < count { throw error(.trailingBytes) }
  }

  // MARK: Scalars

  /// The next value, a string. Its characters are checked, not decoded.
  package mutating func string() throws(JSONError) -> JSONString {
    skipWhitespace()
    guard byte(at: offset) == UInt8(ascii: "\"") else {
      throw error(offset < count ? .wrongKind : .unexpectedEnd)
    }
    offset += 1
    isFresh = false
    let start = offset
    var hasEscapes = false
    while true {
      skipPlainCharacters()
      switch byte(at: offset) {
      case UInt8(ascii: "\""):
        let text = JSONString(range: origin + start..<origin + offset, hasEscapes: hasEscapes)
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try skipEscape()
      default: throw error(offset < count ? .controlCharacter : .unexpectedEnd)
      }
    }
  }

  /// Moves to the next quote, backslash or control character, eight bytes at a time.
  mutating func skipPlainCharacters() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while offset &+ 8 <= count {
      let word = unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self).littleEndian
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let found =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
      if found != 0 {
        offset += found.trailingZeroBitCount >> 3
        return
      }
      offset += 8
    }
    while offset < count {
      let next = byte(at: offset)
      if next == 0x22 || next == 0x5C || next < 0x20 { return }
      offset += 1
    }
  }
  mutating func skipEscape() throws(JSONError) {
    switch byte(at: offset + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    case UInt8(ascii: "u"):
      for place in 2..<6 where hexadecimalValue(byte(at: offset + place)) == nil {
        throw error(offset + place < count ? .badEscape : .unexpectedEnd)
      }
      offset += 6
    default: throw error(offset + 1 < count ? .badEscape : .unexpectedEnd)
    }
  }

  /// The next value as an integer; nil, the value being skipped, when it is a number that is no `Int`.
  package mutating func integer() throws(JSONError) -> Int? {
    let range = try number()
    var value = 0
    var isNegative = false
    for index in range {
      let next = byte(at: index - origin)
      if next == UInt8(ascii: "-"), index == range.lowerBound {
        isNegative = true
        continue
      }
      guard next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(next - UInt8(ascii: "0")))
      if overflow || carry { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// The range of the next value, a number in JSON's grammar.
  package mutating func number() throws(JSONError) -> Range<Int> {
    skipWhitespace()
    isFresh = false
    let start = offset
    if byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
    if byte(at: offset) == UInt8(ascii: "0") { offset += 1 } else { try skipDigits() }
    if byte(at: offset) == UInt8(ascii: ".") {
      offset += 1
      try skipDigits()
    }
    if byte(at: offset) | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if byte(at: offset) == UInt8(ascii: "+") || byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
      try skipDigits()
    }
    return origin + start..<origin + offset
  }
  mutating func skipDigits() throws(JSONError) {
    let start = offset
    while byte(at: offset) &- UInt8(ascii: "0") < 10 { offset += 1 }
    if offset == start { throw error(offset < count ? .unexpectedByte : .unexpectedEnd) }
  }

  /// The next value, `true` or `false`.
  package mutating func boolean() throws(JSONError) -> Bool {
    if try peek() != .boolean { throw error(.wrongKind) }
    let value = byte(at: offset) == UInt8(ascii: "t")
    try skipWord(value ? "true" : "false")
    return value
  }
  mutating func skipWord(_ word: StaticString) throws(JSONError) {
    isFresh = false
    for index in 0..<word.utf8CodeUnitCount {
      guard unsafe byte(at: offset) == word.utf8Start[index] else {
        throw error(offset < count ? .unexpectedByte : .unexpectedEnd)
      }
      offset += 1
    }
  }
}
