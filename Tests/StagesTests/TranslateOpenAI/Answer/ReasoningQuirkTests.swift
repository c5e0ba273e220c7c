import Pipeline
import ProxyTesting
import Stages
import Testing

/// Reasoning in all its forms: Q14–Q19.
@Suite struct ReasoningQuirkTests {
  /// The summary with the digests of signatures left out.
  func summary(_ stream: ChatStream, change: (inout AnswerTranslation) -> Void = { _ in }) -> [String] {
    let translation = Translation(stream, change: change)
    #expect(translation.failure == nil)
    return translation.summary.map { $0.hasPrefix("signature px1.test.") ? "signature" : $0 }
  }

  @Test(arguments: ["reasoning_content", "reasoning"])
  func `Q14 Q15 reasoning is thinking, whatever its field`(field: String) {
    #expect(
      summary(ChatStream().reasoning("hm", field: field).text("x").end()) == [
        "thinking 0", "+hm", "signature", "stop 0", "text 1", "+x", "stop 1", "end_turn",
      ])
  }

  @Test func `Q15 the same text in both fields is shown once`() {
    #expect(
      summary(ChatStream().delta(#""reasoning":"hm","reasoning_content":"hm""#).text("x").end()).prefix(3)
        == [
          "thinking 0", "+hm", "signature",
        ])
    #expect(
      summary(ChatStream().delta(#""reasoning":"","reasoning_content":"hm""#).text("x").end()).prefix(3) == [
        "thinking 0", "+hm", "signature",
      ])
  }

  @Test func `Q16 the details are shown once and kept as they are`() throws {
    let details = [
      #"{"type":"reasoning.text","text":"hm","format":"x","index":0}"#,
      #"{"type":"reasoning.encrypted","data":"AAAA","index":1}"#,
    ]
    let translation = Translation(
      ChatStream().delta(#""reasoning":"hm","reasoning_details":[\#(details[0])]"#)
        .delta(#""reasoning_details":[\#(details[1])]"#).text("x").end())
    let signature = try #require(translation.summary.first { $0.hasPrefix("signature") })
    #expect(translation.summary.prefix(2) == ["thinking 0", "+hm"])
    #expect(
      translation.memory.details == [
        String(signature.dropFirst("signature ".count)): "[\(details.joined(separator: ","))]"
      ])
  }

  @Test func `Q16 text that only the details have is shown`() {
    let details = #"[{"type":"reasoning.summary","summary":"hm"},{"type":"reasoning.text","text":"…"}]"#
    #expect(
      summary(ChatStream().delta(#""reasoning_details":\#(details)"#).text("x").end()).prefix(3) == [
        "thinking 0", "+hm", "+…",
      ])
  }

  @Test func `Q16 encrypted reasoning gets a block to come back with`() throws {
    let translation = Translation(
      ChatStream().text("x").delta(#""reasoning_details":[{"data":"AAAA"}]"#).end())
    #expect(translation.failure == nil)
    #expect(translation.summary.prefix(4) == ["text 0", "+x", "stop 0", "thinking 1"])
    #expect(translation.memory.details.values.map { $0 } == [#"[{"data":"AAAA"}]"#])
  }

  @Test func `Q16 details that come late, even after the finish reason, are kept`() {
    let translation = Translation(
      ChatStream().reasoning("hm", field: "reasoning").text("x").finish("stop")
        .delta(#""reasoning_details":[{"data":"AAAA"}]"#).usage().done())
    #expect(translation.failure == nil)
    #expect(translation.memory.details.values.map { $0 } == [#"[{"data":"AAAA"}]"#])
  }

  @Test func `two answers with other reasoning have other signatures`() {
    let signature = { (text: String) in
      Translation(ChatStream().reasoning(text).text("x").end()).summary.first { $0.hasPrefix("signature") }
    }
    #expect(signature("a") != signature("b"))
    #expect(signature("a") == signature("a"))
    #expect(ThinkingMarker.isOurs("px1.test.0") && !ThinkingMarker.isOurs("EqQBCgIYAg=="))
  }

  @Test func `Q18 empty strings and nulls say nothing`() {
    #expect(
      summary(
        ChatStream().delta(
          #""role":"assistant","content":null,"reasoning_content":"","refusal":null,"tool_calls":null"#
        )
        .delta(#""content":"","reasoning_content":"hm""#).delta(#""content":"","tool_calls":[]"#)
        .delta(#""content":"x","reasoning_content":null"#).end()) == [
          "thinking 0", "+hm", "signature", "stop 0", "text 1", "+x", "stop 1", "end_turn",
        ])
  }

  @Test func `Q18 white space alone gets no block, but is kept before text`() {
    #expect(
      summary(ChatStream().text("\n\n").call(0, id: "a", name: "A", "{}").end("tool_calls")).first
        == "tool_use 0 A toolu_px_a")
    #expect(
      summary(ChatStream().text("\n").text(" ").text("x").text("\n").end()) == [
        "text 0", "+\n x", "+\n", "stop 0", "end_turn",
      ])
  }

  @Test func `Q19 reasoning between texts and calls gets blocks of its own`() {
    #expect(
      summary(
        ChatStream().reasoning("a").text("b").reasoning("c").call(0, id: "i", name: "A", "{").reasoning("d")
          .call(0, "}").end("tool_calls")) == [
          "thinking 0", "+a", "signature", "stop 0", "text 1", "+b", "stop 1", "thinking 2", "+c",
          "signature",
          "stop 2", "tool_use 3 A toolu_px_i", "+{", "+}", "stop 3", "thinking 4", "+d", "signature",
          "stop 4",
          "tool_use",
        ])
  }

  @Test func `thinking the client does not want is a signed block without text, and remembered`() {
    let translation = Translation(
      ChatStream().reasoning("h\n").reasoning("m").text("x").end(), change: { $0.showsThinking = false })
    #expect(translation.summary.count == 7 && translation.summary.prefix(1) == ["thinking 0"])
    #expect(!translation.joined.contains("h"))
    #expect(translation.memory.details.values.map { $0 } == [#"[{"type":"reasoning.text","text":"h\nm"}]"#])
  }

  @Test func `reasoning alone is an answer`() {
    #expect(summary(ChatStream().reasoning("hm").end()).last == "end_turn")
  }

  @Test func `lists of parts are read in their order`() {
    #expect(
      summary(
        ChatStream().delta(
          #""content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"x"},"y"]"#
        ).end()) == [
          "thinking 0", "+hm", "signature", "stop 0", "text 1", "+x", "+y", "stop 1", "end_turn",
        ])
  }

  // MARK: Q17

  @Test(arguments: ["<think>hm</think>x", "\n<think>\nhm</think>\n\nx"])
  func `Q17 tags are taken out, however they are cut`(text: String) {
    let characters = Array(text)
    for cut in 0...characters.count {
      let stream = ChatStream().text(String(characters[..<cut])).text(String(characters[cut...])).end()
      let translation = Translation(stream, change: { $0.splitsThinkTags = true })
      let blocks = translation.summary.filter { $0.hasPrefix("t") }
      #expect(blocks == ["thinking 0", "text 1"])
      #expect(translation.joined == "hmx")
      #expect(translation.report.repairs == ["Q17": 1])
    }
    let single = characters.reduce(ChatStream()) { $0.text(String($1)) }.end()
    #expect(Translation(single, change: { $0.splitsThinkTags = true }).joined == "hmx")
  }

  @Test func `Q17 tags stay where nobody asked to split them`() {
    #expect(Translation(ChatStream().text("<think>hm</think>x").end()).joined == "<think>hm</think>x")
  }

  @Test(arguments: ["say <think> and </thin", "a<think>b", "<thing>", "<", "<think"])
  func `Q17 text that only speaks of tags is left alone`(text: String) {
    let translation = Translation(ChatStream().text(text).end(), change: { $0.splitsThinkTags = true })
    #expect(translation.joined == text && translation.summary.first == "text 0")
  }

  @Test func `Q17 a closing tag alone is dropped`() {
    let translation = Translation(
      ChatStream().text("hm</thi").text("nk>x").end(), change: { $0.splitsThinkTags = true })
    #expect(translation.joined == "hmx")
  }

  @Test func `Q17 thinking without its closing tag ends with the answer`() {
    #expect(
      summary(ChatStream().text("<think>hm</thi").end(), change: { $0.splitsThinkTags = true }) == [
        "thinking 0", "+hm", "+</thi", "signature", "stop 0", "end_turn",
      ])
  }
}
