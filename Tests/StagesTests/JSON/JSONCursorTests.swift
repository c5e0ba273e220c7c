import Foundation
import Pipeline
import ProxyTesting
import Testing

@testable import Stages

@Suite struct JSONCursorTests {
  /// Any JSON value, read by either reader.
  indirect enum Value: Equatable, Decodable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .string(value)
      } else if let value = try? container.decode([Value].self) {
        self = .array(value)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }

    init(_ text: Bytes) throws(JSONError) {
      self = try text.readJSON { json throws(JSONError) in
        let value = try Self.read(&json, text)
        try json.end()
        return value
      }
    }

    private static func read(_ json: inout JSONCursor, _ text: Bytes) throws(JSONError) -> Value {
      switch try json.peek() {
      case .null:
        try json.skipValue()
        return .null
      case .boolean: return .boolean(try json.boolean())
      case .number: return .number(Double(text[try json.number()].text) ?? .nan)
      case .string: return .string(json.decode(try json.string()))
      case .array:
        var elements: [Value] = []
        try json.beginArray()
        while try json.nextElement() { elements.append(try read(&json, text)) }
        return .array(elements)
      case .object:
        var members: [String: Value] = [:]
        try json.beginObject()
        while let key = try json.nextKey() { members[json.decode(key)] = try read(&json, text) }
        return .object(members)
      }
    }
  }

  func isAccepted(_ text: Bytes) -> Bool {
    do throws(JSONError) {
      try text.readJSON { json throws(JSONError) in
        try json.skipValue()
        try json.end()
      }
      return true
    } catch {
      return false
    }
  }

  @Test func `reads what Foundation reads in random texts`() throws {
    var random = SeededRandom(seed: 1)
    for _ in 0..<1500 {
      let text = JSONGenerator.space(&random) + JSONGenerator.value(&random) + JSONGenerator.space(&random)
      let expected = try JSONDecoder().decode(Value.self, from: Data(text.utf8))
      // Not at the start of its storage, so that positions are told from offsets.
      let bytes = Bytes(utf8: "xyz" + text).dropFirst(3)
      #expect(try Value(bytes) == expected, "\(text)")
      #expect(isAccepted(bytes))
    }
  }

  @Test func `accepts and refuses mutated texts as Foundation does`() {
    var random = SeededRandom(seed: 2)
    let alphabet = Array(#"{}[]",:\u0123456789abcdeftrlns.+-E "#.utf8)
    for _ in 0..<6000 {
      var bytes = Array(JSONGenerator.value(&random).utf8)
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = alphabet.randomElement(using: &random)!
      case 1: bytes.insert(alphabet.randomElement(using: &random)!, at: place)
      default: bytes.remove(at: place)
      }
      // Text in pieces of UTF-8, half a surrogate pair and huge exponents are not the cursor's business;
      // Foundation lets a comma stand before a closing bracket or brace.
      guard !bytes.isEmpty, String(validating: bytes, as: UTF8.self) != nil else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      if text.contains(/\\u[dD]/) || text.contains(/[eE][+-]?\d{2}/) || text.contains(/,\s*[\]}]/) {
        continue
      }
      let isJSON =
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      #expect(isAccepted(Bytes(bytes)) == isJSON, "\(text)")
    }
  }

  @Test(arguments: [
    ("", JSONError.Problem.unexpectedEnd, 0), ("[1,", .unexpectedEnd, 3), ("{\"a\"", .unexpectedEnd, 4),
    ("\"ab", .unexpectedEnd, 3), ("\"a\nb\"", .controlCharacter, 2), (#""\x""#, .badEscape, 1),
    (#""\u12"#, .unexpectedEnd, 1), ("[1 2]", .unexpectedByte, 3), ("tru", .unexpectedEnd, 3),
    ("?", .unexpectedByte, 0),
  ])
  func `says what is wrong and where`(text: String, problem: JSONError.Problem, offset: Int) {
    #expect(throws: JSONError(problem: problem, offset: offset)) {
      try Bytes(utf8: text).readJSON { json throws(JSONError) in try json.skipValue() }
    }
  }

  @Test func `refuses what follows the value`() {
    #expect(throws: JSONError(problem: .trailingBytes, offset: 3)) {
      try Bytes(utf8: "{} x").readJSON { json throws(JSONError) in
        try json.skipValue()
        try json.end()
      }
    }
  }

  @Test func `limits nesting without recursion`() {
    func nested(_ depth: Int) -> Bytes {
      Bytes(repeating: UInt8(ascii: "["), count: depth) + Bytes(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(isAccepted(nested(JSONCursor.maximumDepth)))
    #expect(!isAccepted(nested(JSONCursor.maximumDepth + 1)))
    #expect(!isAccepted(Bytes(repeating: UInt8(ascii: "["), count: 1_000_000)))
  }

  @Test func `ranges of values are positions in the bytes`() throws {
    let bytes = Bytes(utf8: #"..{"a": [1, {"b":2}] ,"c":"x"}"#).dropFirst(2)
    let (array, string) = try bytes.readJSON { json throws(JSONError) in
      try json.beginObject()
      _ = try json.nextKey()
      json.skipWhitespace()
      let array = try json.skipValue()
      _ = try json.nextKey()
      return (array, try json.string())
    }
    #expect(bytes[array].text == #"[1, {"b":2}]"#)
    #expect(bytes[string.range].text == "x")
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("12", 12), ("-7", -7), ("9223372036854775807", Int.max),
      ("9223372036854775808", nil),
      ("1.0", nil), ("1e2", nil),
    ] as [(String, Int?)])
  func `reads integers that fit`(text: String, expected: Int?) throws {
    let value = try Bytes(utf8: text).readJSON { json throws(JSONError) in try json.integer() }
    #expect(value == expected)
  }

  @Test func `resolves escapes, and half a surrogate pair to the replacement character`() throws {
    func decoded(_ text: String) throws -> String {
      try Bytes(utf8: text).readJSON { json throws(JSONError) in json.decode(try json.string()) }
    }
    #expect(try decoded(#""\"\\\/\b\f\n\r\t\u0041\ud83d\ude00""#) == "\"\\/\u{8}\u{C}\n\r\tA😀")
    #expect(try decoded(#""\ud83d""#) == "\u{FFFD}")
    #expect(try decoded(#""\ud83dx\ude00""#) == "\u{FFFD}x\u{FFFD}")
    #expect(try decoded(#""\ud83d\u0041""#) == "\u{FFFD}A")
  }

  @Test func `quotes any text so that it reads back`() throws {
    let text = "\u{0}\u{1F}\"\\/\n\r\t\u{7F}é漢😀"
    for quoted in [Bytes(utf8: text.jsonQuoted), Bytes(utf8: text).jsonQuoted] {
      #expect(quoted.jsonString == text)
      #expect(try JSONDecoder().decode(String.self, from: Data(quoted)) == text)
    }
  }
}
