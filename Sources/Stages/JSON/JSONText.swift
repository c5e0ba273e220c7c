/// The kind of a JSON value.
package enum JSONKind: Sendable { case object, array, string, number, boolean, null }

/// A string within a JSON text: the range between its quotes, escapes not yet resolved.
package struct JSONString: Sendable, Equatable {
  /// Indexes into the bytes the cursor was opened on.
  package var range: Range<Int>
  package var hasEscapes: Bool
  package init(range: Range<Int>, hasEscapes: Bool) {
    self.range = range
    self.hasEscapes = hasEscapes
  }
}

/// What is wrong with a JSON text, and at which byte.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: String, Sendable {
    case unexpectedEnd = "it ends too early"
    case unexpectedByte = "an unexpected character"
    case wrongKind = "a value of another type was expected"
    case badEscape = "an invalid escape sequence"
    case controlCharacter = "an unescaped control character in a string"
    case trailingBytes = "something follows the value"
    case tooDeep = "it is nested too deeply"
  }

  package var problem: Problem
  /// Bytes from the start of the text.
  package var offset: Int

  package init(problem: Problem, offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  package var description: String { "\(problem.rawValue) at byte \(offset)" }
}

extension ArraySlice<UInt8> {
  /// Opens a cursor on these bytes for the length of `body`.
  package func readJSON<Result>(
    _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    // `withUnsafeBufferPointer` rethrows untyped on slices; the Result carries the typed error out.
    let outcome = unsafe withUnsafeBufferPointer { buffer -> Swift.Result<Result, JSONError> in
      guard let base = buffer.baseAddress else {
        return .failure(JSONError(problem: .unexpectedEnd, offset: 0))
      }
      var cursor = unsafe JSONCursor(base: base, count: buffer.count, origin: startIndex)
      do throws(JSONError) {
        return .success(try body(&cursor))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}

extension JSONCursor {
  /// Whether a string without escapes equals `text` (a key spelt with escapes never matches).
  package func matches(_ string: JSONString, _ text: StaticString) -> Bool {
    guard string.range.count == text.utf8CodeUnitCount, !string.hasEscapes else { return false }
    var index = string.range.lowerBound - origin
    for place in 0..<text.utf8CodeUnitCount {
      if unsafe base[index] != text.utf8Start[place] { return false }
      index += 1
    }
    return true
  }

  /// The text of a string, escapes resolved; lone surrogates become U+FFFD.
  package func decode(_ string: JSONString) -> String {
    let start = string.range.lowerBound - origin
    let raw = unsafe UnsafeBufferPointer(start: base + start, count: string.range.count)
    guard string.hasEscapes else { return unsafe String(decoding: raw, as: UTF8.self) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    unsafe JSONUnescaper.unescape(raw) { bytes.append($0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Resolves the escapes of a string that a cursor has checked.
enum JSONUnescaper {
  static func unescape(_ raw: UnsafeBufferPointer<UInt8>, _ emit: (UInt8) -> Void) {
    var index = 0
    while index < raw.count {
      let byte = unsafe raw[index]
      guard byte == UInt8(ascii: "\\") else {
        emit(byte)
        index += 1
        continue
      }
      switch unsafe raw[index + 1] {
      case UInt8(ascii: "u"):
        var unit = unsafe codeUnit(raw, at: index + 2)
        index += 6
        if unit & 0xFC00 == 0xD800, index + 5 < raw.count, unsafe raw[index] == UInt8(ascii: "\\"),
          unsafe raw[index + 1] == UInt8(ascii: "u")
        {
          let low = unsafe codeUnit(raw, at: index + 2)
          if low & 0xFC00 == 0xDC00 {
            unit = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
            index += 6
          }
        }
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        for byte in UTF8.encode(scalar)! { emit(byte) }
      case let escaped:
        emit(character(escapedAs: escaped))
        index += 2
      }
    }
  }

  private static func character(escapedAs letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  private static func codeUnit(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
    var unit: UInt32 = 0
    for place in index..<index + 4 {
      unit = unit << 4 | UInt32(unsafe hexadecimalValue(raw[place]) ?? 0)
    }
    return unit
  }
}
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
