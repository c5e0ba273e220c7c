/// What a character is to a tokenizer: the writing systems that vocabularies treat alike.
enum ScriptKind: UInt8, Sendable {
  case space, newline, digit, lower, upper, punctuation
  /// Letters of Latin beyond ASCII.
  case accented
  case cyrillic, greek, hebrew, arabic, indic, thai, kana, han, hangul
  /// The punctuation of Chinese and Japanese, and typographic quotes and dashes.
  case wide
  /// Everything else: arrows, boxes, rare scripts.
  case symbol
  /// Beyond the basic plane, mostly emoji.
  case astral

  /// By Unicode blocks: coarse, and enough for an estimate.
  init(_ scalar: UInt32) {
    switch scalar {
    case 0x61...0x7A: self = .lower
    case 0x0A, 0x0D: self = .newline
    case 0...0x20, 0x7F: self = .space
    case 0x30...0x39: self = .digit
    case 0x41...0x5A: self = .upper
    case 0..<0x80: self = .punctuation
    case 0xC0..<0x250, 0x1E00..<0x1F00: self = .accented
    case 0x370..<0x400, 0x1F00..<0x2000: self = .greek
    case 0x400..<0x530: self = .cyrillic
    case 0x590..<0x600: self = .hebrew
    case 0x600..<0x780: self = .arabic
    case 0x900..<0xE00: self = .indic
    case 0xE00..<0xE80: self = .thai
    case 0x2000..<0x2070, 0x3000..<0x3040, 0xFF00..<0xFF65: self = .wide
    case 0x3040..<0x3100: self = .kana
    case 0x3400..<0xA000, 0xF900..<0xFB00: self = .han
    case 0xAC00..<0xD7B0: self = .hangul
    case 0x10000...: self = .astral
    default: self = .symbol
    }
  }

  /// Part of a word in Latin letters.
  var isLatin: Bool {
    switch self {
    case .lower, .upper, .accented: true
    case .space, .newline, .digit, .punctuation, .cyrillic, .greek, .hebrew, .arabic, .indic, .thai, .kana,
      .han,
      .hangul, .wide, .symbol, .astral:
      false
    }
  }
}
