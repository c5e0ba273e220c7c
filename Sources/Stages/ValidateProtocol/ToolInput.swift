import Pipeline

/// Checks, while it arrives in pieces, that a tool's input is exactly one JSON object (V19).
///
/// A push-down automaton over RFC 8259: it keeps a bit for each open bracket and no text.
struct ToolInput {
  private enum State: Equatable {
    /// Nothing but white space so far.
    case start
    case value, valueOrEnd, key, keyOrEnd, colon
    /// After a value: a comma or the closing bracket.
    case next
    case string, escape
    /// Within `\uXXXX`, this many digits to come.
    case unicode(UInt8)
    case minus, zero, digits, point, fraction, exponent, exponentSign, exponentDigits
    /// Within `true`, `false` or `null`, this many characters done.
    case word(Word, UInt8)
    /// After the object.
    case end
    case broken
  }

  private enum Word: Equatable {
    case `true`, `false`, null

    var text: StaticString {
      switch self {
      case .true: "true"
      case .false: "false"
      case .null: "null"
      }
    }
  }

  private var state = State.start
  /// The string being read is a key.
  private var isKey = false
  /// Bit n says whether bracket n is that of an object.
  private var levels = InlineArray<8, UInt64>(repeating: 0)
  private var depth = 0

  /// Not one character has come.
  private(set) var isEmpty = true
  /// What has come is exactly one object.
  var isObject: Bool { state == .end }

  /// Takes the next piece: a string of an event's data, escapes not yet resolved.
  mutating func receive(_ piece: JSONString, of data: Bytes) {
    guard !piece.range.isEmpty else { return }
    isEmpty = false
    unsafe data.withUnsafeBufferPointer { buffer in
      let start = piece.range.lowerBound - data.startIndex
      let raw = unsafe UnsafeBufferPointer(rebasing: buffer[start..<start + piece.range.count])
      if piece.hasEscapes {
        unsafe JSONUnescaper.unescape(raw) { receive($0) }
      } else {
        for index in raw.indices { receive(unsafe raw[index]) }
      }
    }
  }

  private mutating func receive(_ byte: UInt8) {
    switch state {
    case .string: receiveInString(byte)
    case .escape: state = afterEscape(byte)
    case .unicode(let left):
      state = hexadecimalValue(byte) == nil ? .broken : left == 1 ? .string : .unicode(left - 1)
    case .word(let word, let done): receive(byte, in: word, done)
    case .minus, .zero, .digits, .point, .fraction, .exponent, .exponentSign, .exponentDigits:
      receiveInNumber(byte)
    case .start, .value, .valueOrEnd, .key, .keyOrEnd, .colon, .next, .end: receiveBetween(byte)
    case .broken: break
    }
  }

  // MARK: Between the scalars

  private mutating func receiveBetween(_ byte: UInt8) {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return
    default: break
    }
    switch state {
    case .start: byte == UInt8(ascii: "{") ? open(isObject: true) : fail()
    case .value: beginValue(byte)
    case .valueOrEnd: byte == UInt8(ascii: "]") ? close() : beginValue(byte)
    case .key: beginKey(byte)
    case .keyOrEnd: byte == UInt8(ascii: "}") ? close() : beginKey(byte)
    case .colon: state = byte == UInt8(ascii: ":") ? .value : .broken
    case .next: receiveAfterValue(byte)
    case .end, .string, .escape, .unicode, .minus, .zero, .digits, .point, .fraction, .exponent,
      .exponentSign,
      .exponentDigits, .word, .broken:
      fail()
    }
  }

  private mutating func beginValue(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"): open(isObject: true)
    case UInt8(ascii: "["): open(isObject: false)
    case UInt8(ascii: "\""): (state, isKey) = (.string, false)
    case UInt8(ascii: "-"): state = .minus
    case UInt8(ascii: "0"): state = .zero
    case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .digits
    case UInt8(ascii: "t"): state = .word(.true, 1)
    case UInt8(ascii: "f"): state = .word(.false, 1)
    case UInt8(ascii: "n"): state = .word(.null, 1)
    default: fail()
    }
  }

  private mutating func beginKey(_ byte: UInt8) {
    byte == UInt8(ascii: "\"") ? (state, isKey) = (.string, true) : fail()
  }

  private mutating func receiveAfterValue(_ byte: UInt8) {
    switch (byte, isInObject) {
    case (UInt8(ascii: ","), true): state = .key
    case (UInt8(ascii: ","), false): state = .value
    case (UInt8(ascii: "}"), true), (UInt8(ascii: "]"), false): close()
    default: fail()
    }
  }

  private var isInObject: Bool { levels[(depth - 1) >> 6] >> UInt64((depth - 1) & 63) & 1 == 1 }

  private mutating func open(isObject: Bool) {
    guard depth < JSONCursor.maximumDepth else { return fail() }
    let bit = UInt64(1) << UInt64(depth & 63)
    if isObject { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
    depth += 1
    state = isObject ? .keyOrEnd : .valueOrEnd
  }

  private mutating func close() {
    depth -= 1
    state = depth == 0 ? .end : .next
  }

  private mutating func fail() { state = .broken }

  // MARK: Scalars

  private mutating func receiveInString(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): state = isKey ? .colon : .next
    case UInt8(ascii: "\\"): state = .escape
    case 0..<0x20: fail()
    default: break
    }
  }

  private func afterEscape(_ byte: UInt8) -> State {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      .string
    case UInt8(ascii: "u"): .unicode(4)
    default: .broken
    }
  }

  private mutating func receive(_ byte: UInt8, in word: Word, _ done: UInt8) {
    guard unsafe byte == word.text.utf8Start[Int(done)] else { return fail() }
    state = Int(done) + 1 == word.text.utf8CodeUnitCount ? .next : .word(word, done + 1)
  }

  private mutating func receiveInNumber(_ byte: UInt8) {
    if let inside = numberState(after: byte) {
      state = inside
    } else {
      switch state {
      case .zero, .digits, .fraction, .exponentDigits:
        // The number is over; this byte belongs to what follows.
        state = .next
        receiveBetween(byte)
      default: fail()
      }
    }
  }

  private func numberState(after byte: UInt8) -> State? {
    let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    let isExponent = byte | 0x20 == UInt8(ascii: "e")
    switch state {
    case .minus: return byte == UInt8(ascii: "0") ? .zero : isDigit ? .digits : nil
    case .zero: return byte == UInt8(ascii: ".") ? .point : isExponent ? .exponent : nil
    case .digits: return isDigit ? .digits : byte == UInt8(ascii: ".") ? .point : isExponent ? .exponent : nil
    case .point: return isDigit ? .fraction : nil
    case .fraction: return isDigit ? .fraction : isExponent ? .exponent : nil
    case .exponent:
      let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      return isSign ? .exponentSign : isDigit ? .exponentDigits : nil
    case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
    case .start, .value, .valueOrEnd, .key, .keyOrEnd, .colon, .next, .string, .escape, .unicode, .word, .end,
      .broken:
      return nil
    }
  }
}
