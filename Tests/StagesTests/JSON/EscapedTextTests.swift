import Pipeline
import ProxyTesting
import Testing

@testable import Stages

@Suite struct EscapedTextTests {
  @Test func `escapes stay as they are and what is put around them is escaped`() throws {
    let raw = try #require(EscapedText(json: Bytes(utf8: #""a\u00e9\ud83d""#)))
    let text: EscapedText = "say \"\(raw)\"\n\("\\") \(7)"
    #expect(text.quoted.text == #""say \"a\u00e9\ud83d\"\n\\ 7""#)
    #expect(raw.decoded == "aé\u{FFFD}")
  }

  @Test func `only strings are text`() {
    for json in ["7", "null", "[]", "{}", ""] { #expect(EscapedText(json: Bytes(utf8: json)) == nil) }
    #expect(EscapedText(json: nil) == nil)
    #expect(EscapedText(json: Bytes(utf8: #""""#))?.isEmpty == true)
  }

  @Test func `parts are joined by a blank line`() {
    #expect([EscapedText]().joined().isEmpty)
    #expect([EscapedText("a"), "", "b"].joined().quoted.text == #""a\n\n\n\nb""#)
  }

  @Test func `compacting loses white space between tokens and nothing else`() throws {
    var random = SeededRandom(seed: 5)
    for _ in 0..<1000 {
      let text = Bytes(utf8: JSONGenerator.space(&random) + JSONGenerator.value(&random))
      let compact = text.compactJSON
      #expect(try JSONCursorTests.Value(compact) == JSONCursorTests.Value(text))
      #expect(compact.compactJSON == compact)
      #expect(compact.count <= text.count)
    }
    #expect(Bytes(utf8: #" { "a b" : [ 1.50 , "\" ] " ] } "#).compactJSON.text == #"{"a b":[1.50,"\" ] "]}"#)
  }
}
