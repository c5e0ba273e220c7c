import Pipeline

/// Rewrites an object in Python's notation as JSON: single quotes, `True`, `False`, `None`, trailing commas.
///
/// Some models write their arguments so. Nothing is guessed: what does not become one JSON object is left
/// alone.
struct PythonJSON {
  private let text: [UInt8]
  private var place = 0
  private var json: [UInt8] = []

  private init(_ text: [UInt8]) { self.text = text }

  /// The object as JSON; nil when it is none either way.
  static func mended(_ text: [UInt8]) -> [UInt8]? {
    var mending = PythonJSON(text)
    guard mending.run(), (try? JSONFields(Bytes(mending.json))) != nil else { return nil }
    return mending.json
  }

  private mutating func run() -> Bool {
    while place < text.count {
      switch text[place] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        guard takeString() else { return false }
      case UInt8(ascii: ","): takeComma()
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): takeWord()
      case let byte:
        json.append(byte)
        place += 1
      }
    }
    return true
  }

  /// A comma before a closing bracket is dropped.
  private mutating func takeComma() {
    let next = text[(place + 1)...].first { $0 > 0x20 }
    if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { json.append(text[place]) }
    place += 1
  }

  private mutating func takeWord() {
    let word = text[place...].prefix { byte in
      byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || byte | 0x20 >= UInt8(ascii: "a")
          && byte | 0x20 <= UInt8(ascii: "z")
        || byte == UInt8(ascii: "_")
    }
    switch Bytes(word).text {
    case "True": json += "true".utf8
    case "False": json += "false".utf8
    case "None": json += "null".utf8
    default: json += word
    }
    place += word.count
  }

  // MARK: Strings

  private mutating func takeString() -> Bool {
    let quote = text[place]
    place += 1
    json.append(UInt8(ascii: "\""))
    while place < text.count {
      let byte = text[place]
      place += 1
      switch byte {
      case quote:
        json.append(UInt8(ascii: "\""))
        return true
      case UInt8(ascii: "\\"):
        guard takeEscape() else { return false }
      case UInt8(ascii: "\""): json += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: json += Bytes([byte]).jsonEscaped
      default: json.append(byte)
      }
    }
    return false
  }

  /// Python has an escape for the single quote and one of two digits; JSON has neither.
  private mutating func takeEscape() -> Bool {
    guard place < text.count else { return false }
    let letter = text[place]
    place += 1
    switch letter {
    case UInt8(ascii: "'"): json.append(letter)
    case UInt8(ascii: "x"): json += #"\u00"#.utf8
    default: json += [UInt8(ascii: "\\"), letter]
    }
    return true
  }
}
