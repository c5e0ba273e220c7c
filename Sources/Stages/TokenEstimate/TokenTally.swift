/// Counts the tokens of a text without a vocabulary, character by character, in one pass.
///
/// It imitates what the tokenizers in use have in common: a common word is one token and takes the space before
/// it along, a new hump of camelCase starts a new token, digits go by threes, runs of spaces and of line ends are
/// one token each, a line end right after punctuation is free, and each script costs something a character.
/// `TokenEstimate` says how well that works. How a text is cut into pieces does not matter to the sum.
struct TokenTally: Sendable {
  /// Latin words up to this long are one token.
  private static let shortWord = 6
  private static let eachLetterMore = 16

  /// Hundredths of a token.
  private(set) var hundredths = 0
  private var last = ScriptKind.space
  /// How many characters the present run has.
  private var length = 0

  /// Whole tokens, rounded up.
  var tokens: Int { (hundredths + 99) / 100 }

  mutating func add(_ kind: ScriptKind) {
    length = continues(with: kind) ? length + 1 : 1
    hundredths += cost(of: kind)
    last = kind
  }

  /// Adds a run of lower-case letters, which is most of any text, in one step.
  private mutating func addLowerCase(_ count: Int) {
    let before = last.isLatin ? length : 0
    length = before + count
    if before == 0 { hundredths += 100 }
    hundredths += Self.eachLetterMore * max(0, length - max(Self.shortWord, before))
    last = .lower
  }

  /// Text of one piece ends here: what follows starts a new token.
  mutating func endPiece() {
    last = .space
    length = 0
  }

  /// Adds tokens that are not text, such as a picture.
  mutating func add(tokens: Int) { hundredths += tokens * 100 }

  private func continues(with kind: ScriptKind) -> Bool {
    if kind.isLatin { return last.isLatin && !(kind == .upper && last == .lower) }
    return kind == last
  }

  /// What the next character adds, `length` counting it already. The numbers are a least-squares fit over
  /// documentation, source code and translations in 18 languages, to the mean of the vocabularies of GPT-4o and
  /// DeepSeek V3.
  private func cost(of kind: ScriptKind) -> Int {
    switch kind {
    case .space: length == 2 ? 105 : 0
    case .newline: length > 1 || last == .punctuation || last == .wide ? 0 : 78
    case .digit: length % 3 == 1 ? 100 : 0
    case .lower: latin
    case .upper: latin + (length > 1 ? 15 : 0)
    case .accented: latin + 110
    case .punctuation: length > 1 ? 9 : last.isLatin ? 70 : 105
    case .cyrillic: word(letters: 4, then: 29)
    case .greek: word(letters: 2, then: 43)
    case .hebrew: word(letters: 2, then: 67)
    case .arabic: word(letters: 3, then: 49)
    case .indic: word(letters: 1, then: 39)
    case .thai: 42
    case .kana: 69
    case .han: 78
    case .hangul: 80
    case .wide: 15
    case .symbol: 100
    case .astral: 200
    }
  }

  private var latin: Int { word(letters: Self.shortWord, then: Self.eachLetterMore) }

  /// A word is one token, and longer than that number of letters costs so much each.
  private func word(letters: Int, then each: Int) -> Int {
    length == 1 ? 100 : length > letters ? each : 0
  }
}

extension TokenTally {
  /// What a backslash means.
  enum Escapes: Sendable {
    /// Nothing: the text is no JSON.
    case none
    /// The escapes of a JSON string stand for characters.
    case resolved
    /// The model reads the JSON text itself.
    case kept
  }

  /// Adds UTF-8 text. Bytes that are not UTF-8 count as symbols.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>, escapes: Escapes) {
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      if byte == UInt8(ascii: "\\"), escapes != .none,
        let escape = unsafe Self.escape(text, at: index, escapes)
      {
        add(ScriptKind(escape.scalar))
        index += escape.length
      } else if Self.isLowerCase(byte) {
        var end = index + 1
        while end < text.count, Self.isLowerCase(unsafe text[end]) { end += 1 }
        addLowerCase(end - index)
        index = end
      } else if byte < 0x80 {
        add(ScriptKind(UInt32(byte)))
        index += 1
      } else {
        index += unsafe addScalar(text, at: index)
      }
    }
  }

  private static func isLowerCase(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }

  /// The character an escape stands for. `\u4F60` is one in either reading of JSON: such a text is written anew with the
  /// character itself before a model sees it.
  private static func escape(
    _ text: UnsafeBufferPointer<UInt8>, at index: Int, _ escapes: Escapes
  ) -> (scalar: UInt32, length: Int)? {
    guard index + 1 < text.count else { return nil }
    let letter = unsafe text[index + 1]
    if letter == UInt8(ascii: "u") {
      guard index + 5 < text.count else { return nil }
      var unit: UInt32 = 0
      for place in index + 2..<index + 6 {
        unit = unit << 4 | UInt32(unsafe hexadecimalValue(text[place]) ?? 0)
      }
      // The second half of a surrogate pair is counted as the symbol it would be alone: two halves, one emoji.
      return (unit, 6)
    }
    guard escapes == .resolved else { return nil }
    let character: UInt8 =
      switch letter {
      case UInt8(ascii: "n"), UInt8(ascii: "r"): UInt8(ascii: "\n")
      case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"): UInt8(ascii: " ")
      default: letter
      }
    return (UInt32(character), 2)
  }

  /// Adds the scalar that starts at a byte of 0x80 or more; returns how many bytes it has.
  private mutating func addScalar(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let lead = unsafe text[index]
    let length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard length > 1, index + length <= text.count else {
      add(ScriptKind.symbol)
      return 1
    }
    var scalar = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for place in index + 1..<index + length { scalar = scalar << 6 | UInt32(unsafe text[place] & 0x3F) }
    add(ScriptKind(scalar))
    return length
  }
}
