import Admin
import Pipeline
import Testing

@Suite struct SchemaTests {
  static let person = Schema.object([
    Schema.Property("name", .text(length: 1...5)),
    Schema.Property("age", .integer(0...150), isRequired: false),
    Schema.Property("tags", .array(of: .text), isRequired: false),
    Schema.Property("state", Schema.text(oneOf: ["on", "off"]).orNull, isRequired: false),
  ])

  @Test(arguments: [
    #"{"name":"a"}"#, #"{"name":"äöüßé","age":0,"tags":[],"state":null}"#,
    #"{"name":"a","age":15e1,"tags":["x"],"state":"on"}"#,
  ])
  func `takes what fits`(text: String) throws {
    #expect(try Self.person.problems(in: JSON(Bytes(utf8: text))) == [])
  }

  @Test(arguments: [
    (#"{}"#, ["name"]), (#"{"name":""}"#, ["name"]), (#"{"name":"sixsix"}"#, ["name"]),
    (#"{"name":"a","age":-1}"#, ["age"]), (#"{"name":"a","age":1.5}"#, ["age"]),
    (#"{"name":"a","age":"1"}"#, ["age"]), (#"{"name":"a","tags":["x",1,null]}"#, ["tags[1]", "tags[2]"]),
    (#"{"name":"a","state":"other"}"#, ["state"]), (#"{"name":"a","nmae":"b"}"#, ["nmae"]), ("7", [""]),
    (#"{"name":null,"age":null}"#, ["name", "age"]),
  ])
  func `names each place that does not fit`(text: String, paths: [String]) throws {
    #expect(try Self.person.problems(in: JSON(Bytes(utf8: text))).map(\.path) == paths)
  }

  @Test func `one of several is enough`() {
    let schema = Schema.oneOf(.text, .array(of: .integer))
    #expect(schema.problems(in: "a") == [] && schema.problems(in: [1, 2]) == [])
    #expect(schema.problems(in: true) != [] && schema.problems(in: ["a"]) != [])
  }
}

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "[]", "{}", "-0.5", "12", #"{"b":1,"a":[null,false,"x"]}"#, #""\"\\\n\u0001ü😀""#,
    "9223372036854775807",
  ])
  func `what is read is written the same`(text: String) throws {
    #expect(try JSON(Bytes(utf8: text)).bytes.text == text)
  }

  @Test func `escapes and white space are read`() throws {
    let value = try JSON(Bytes(utf8: " { \"a\" : [ 1e2 , \"\\u00e9\\ud83d\\ude00\\/\" ] }\r\n"))
    #expect(value == ["a": .array([.number(100), .text("é😀/")])])
  }

  @Test(arguments: [
    "", " ", "nul", "truee", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "'a'", "\"a", "\"\\x\"",
    "\"\\u12\"",
    "\"\\u+123\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "1.", ".5", "+1", "-", "1e", "1e999",
    "0x1", "00",
    "NaN", "[", "1 1", "\"\u{1}\"", #"{"a":1,"a":1}"#,
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: JSONProblem.self) { try JSON(Bytes(utf8: text)) }
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: JSONProblem.self) { try JSON([0x22, 0xFF, 0x22]) }
  }
}
