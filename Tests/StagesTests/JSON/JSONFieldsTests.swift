import Pipeline
import Testing

@testable import Stages

@Suite struct JSONFieldsTests {
  let text = #" {"a" : 1 ,"b":{"x":null}, "c":[1, "two" ],"d":"\u0041","a":2} "#

  @Test func `reads values by kind`() throws {
    let fields = try JSONFields(Bytes(utf8: text))
    #expect(fields.integer("a") == 2)
    #expect(fields.object("b")?.kind("x") == .null)
    #expect(fields.array("c")?.map(\.text) == ["1", #""two""#])
    #expect(fields.string("d") == "A")
    #expect(fields.string("a") == nil)
    #expect(fields.integer("d") == nil)
    #expect(fields.object("c") == nil)
    #expect(fields.array("b") == nil)
    #expect(fields.kind("z") == nil)
    #expect(fields["z"] == nil)
  }

  @Test func `values are slices of the text`() throws {
    let bytes = Bytes(utf8: text)
    let value = try #require(try JSONFields(bytes)["b"])
    #expect(bytes[value.indices] == value)
  }

  @Test func `writes fields in order, changed, added and removed`() throws {
    var fields = try JSONFields(Bytes(utf8: text))
    fields.set("b", "true")
    fields.set("e\"", "[]")
    fields["c"] = nil
    fields["nothing"] = nil
    #expect(fields.text.text == #"{"a":2,"b":true,"d":"\u0041","e\"":[]}"#)
  }

  @Test func `merging overwrites and adds`() throws {
    var fields = try JSONFields(Bytes(utf8: #"{"a":1,"b":2}"#))
    fields.merge(try JSONFields(Bytes(utf8: #"{"b":3,"c":4}"#)))
    #expect(fields.text.text == #"{"a":1,"b":3,"c":4}"#)
  }

  @Test(arguments: ["", "[]", "{", #"{"a":1}x"#, #"{"a"}"#])
  func `refuses what is no object`(text: String) {
    #expect(throws: JSONError.self) { try JSONFields(Bytes(utf8: text)) }
  }
}
