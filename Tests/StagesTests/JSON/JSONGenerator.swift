import ProxyTesting

/// Random JSON texts, in every spelling the grammar allows.
enum JSONGenerator {
  static func value(_ random: inout SeededRandom, depth: Int = 0) -> String {
    switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &random) {
    case 0: "null"
    case 1: "true"
    case 2: "false"
    case 3: number(&random)
    case 4, 5: string(&random)
    case 6: object(&random, depth: depth + 1)
    default: array(&random, depth: depth + 1)
    }
  }

  static func object(_ random: inout SeededRandom, depth: Int = 0) -> String {
    // Numbered, as equal keys would compare by luck.
    let members = (0..<Int.random(in: 0...4, using: &random)).map { number in
      "\"k\(number)" + string(&random).dropFirst() + space(&random) + ":" + space(&random)
        + value(&random, depth: depth)
    }
    return "{" + space(&random) + members.joined(separator: "," + space(&random)) + space(&random) + "}"
  }

  static func array(_ random: inout SeededRandom, depth: Int = 0) -> String {
    let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth) }
    return "[" + space(&random) + elements.joined(separator: space(&random) + ",") + space(&random) + "]"
  }

  static func number(_ random: inout SeededRandom) -> String {
    let forms = [
      "0", "-0", "7", "-12", "3.25", "-0.5", "1e3", "2E+2", "5.5e-3", "1234567890123", "10", "-1.0",
    ]
    return forms.randomElement(using: &random)!
  }

  static func string(_ random: inout SeededRandom) -> String {
    let pieces = [
      "a", "Zz", " ", "ä", "漢字", "😀", #"\""#, #"\\"#, #"\/"#, #"\b\f\n\r\t"#, #"\u00e9"#, #"\u4e2d"#,
      #"\ud83d\ude00"#, "plain text that is longer than a word", "\u{7F}", "{}[],:", #"\u0000"#,
    ]
    let count = Int.random(in: 0...5, using: &random)
    return "\"" + (0..<count).map { _ in pieces.randomElement(using: &random)! }.joined() + "\""
  }

  static func space(_ random: inout SeededRandom) -> String {
    ["", "", "", " ", "\n", "\t\r "].randomElement(using: &random)!
  }
}
