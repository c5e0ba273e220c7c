import Foundation
import Pipeline
import ProxyTesting
import Stages
import Testing

/// Text passes with its escapes as they came, except where a character was split.
@Suite struct EscapeTests {
  func raw(_ pieces: String...) -> Translation {
    Translation(pieces.reduce(ChatStream()) { $0.delta(#""content":"\#($1)""#) }.end())
  }

  @Test func `escapes are not rewritten`() {
    let text = #"\u0041\/\n\t\"\\ é 😀 \u00e9"#
    #expect(raw(text).events.contains { $0.contains(#""text":"\#(text)""#) })
  }

  @Test func `a surrogate pair that was split is put together`() {
    let translation = raw(#"a\ud83d"#, #"\ude00b"#)
    #expect(
      translation.events.filter { $0.contains("text_delta") }.map { $0.contains(#"\ud83d\ude00b"#) } == [
        false, true,
      ])
    #expect(translation.joined == "a😀b")
  }

  @Test func `half a character alone becomes the replacement character`() {
    #expect(raw(#"a\ud83d"#, "b").joined == "a\u{FFFD}b")
    #expect(raw(#"a\uD83D"#).joined == "a\u{FFFD}")
    #expect(raw(#"\ud83d"#, #"\ud83d"#, #"\ude00"#).joined == "\u{FFFD}😀")
  }

  @Test func `an escaped backslash before ud83d is no escape`() {
    #expect(raw(#"a\\ud83d"#, #"b"#).joined == #"a\ud83db"#)
  }

  @Test func `arguments keep both levels of escapes`() {
    let json = #"{"a":"\ud83d\ude00 \"x\" \\ \n é"}"#
    let characters = Array(json)
    for cut in 0...characters.count {
      let stream = ChatStream().call(0, id: "a", name: "A", String(characters[..<cut]))
        .call(0, String(characters[cut...])).end("tool_calls")
      #expect(Translation(stream).joined == json)
    }
  }

  @Test func `a split pair in arguments and in a queue is put together`() {
    let piece = { (index: Int, text: String) in
      #""tool_calls":[{"index":\#(index),"function":{"arguments":"\#(text)"}}]"#
    }
    let stream = ChatStream().call(0, id: "a", name: "A", "").call(1, id: "b", name: "B", "")
      .delta(piece(0, #"{\"k\":\"\ud83d"#)).delta(piece(1, #"{\"k\":\"\ud83d"#))
      .delta(piece(0, #"\ude00\"}"#)).delta(piece(1, #"\ude00\"}"#)).end("tool_calls")
    #expect(Translation(stream).joined == #"{"k":"😀"}{"k":"😀"}"#)
  }
}
