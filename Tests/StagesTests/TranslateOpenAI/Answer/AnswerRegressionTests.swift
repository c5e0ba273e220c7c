import Pipeline
import ProxyTesting
import Stages
import Testing

/// Bugs that other gateways shipped, as far as answers are concerned; the numbers are those of the list.
@Suite struct AnswerRegressionTests {
  // 1
  @Test func `the first argument delta survives the change from text to tool`() {
    expectTranslation(
      ChatStream().delta(
        #""content":"Look.","tool_calls":[\#(ChatStream.piece(0, id: "a", name: "A", #"{"x":"#))]"#
      )
      .call(0, "1}").end("tool_calls"),
      ["text 0", "+Look.", "stop 0", "tool_use 1 A toolu_px_a", #"+{"x":"#, "+1}", "stop 1", "tool_use"])
  }

  // 2
  @Test func `every parallel call is there, and a call without arguments is closed`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "").call(1, id: "b", name: "B", "{}")
        .call(2, id: "c", name: "C", "").end("tool_calls"),
      [
        "tool_use 0 A toolu_px_a", "stop 0", "tool_use 1 B toolu_px_b", "+{}", "stop 1",
        "tool_use 2 C toolu_px_c", "stop 2", "tool_use",
      ], repairs: ["Q7": 1])
  }

  // 3
  @Test func `text between the arguments of a call waits for their end`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", #"{"x":"#).text("Wait").call(0, "1").text("…").call(0, "}")
        .end("tool_calls"),
      [
        "tool_use 0 A toolu_px_a", #"+{"x":"#, "+1", "+}", "stop 0", "text 1", "+Wait…", "stop 1", "tool_use",
      ])
  }

  // 4
  @Test func `a repeated empty name begins nothing`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "{").call(0, id: "", name: "", "}").call(0, name: "")
        .end("tool_calls"),
      ["tool_use 0 A toolu_px_a", "+{", "+}", "stop 0", "tool_use"])
  }

  // 5
  @Test func `two tools that share one index are two calls`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "{}").call(0, id: "b", name: "B", "{}")
        .call(0, name: "C", #"{"x":1}"#).end("tool_calls"),
      [
        "tool_use 0 A toolu_px_a", "+{}", "stop 0", "tool_use 1 B toolu_px_b", "+{}", "stop 1",
        "tool_use 2 C toolu_px_\(Self.minted)", #"+{"x":1}"#, "stop 2", "tool_use",
      ], repairs: ["Q6": 1])
  }

  static let minted =
    Translation(
      ChatStream().call(0, id: "a", name: "A", "{}").call(1, id: "b", name: "B", "{}").call(
        2, name: "C", "{}"
      )
      .end()
    ).memory.calls.values.first?.id ?? ""

  // 6
  @Test func `arguments before id and name are not lost`() {
    expectTranslation(
      ChatStream().call(0, #"{"x":"#).call(0, "1").call(0, id: "a", name: "A", "}").end("tool_calls"),
      ["tool_use 0 A toolu_px_a", #"+{"x":1}"#, "stop 0", "tool_use"], repairs: ["Q4": 1])
  }

  // 7
  @Test func `parallel blocks never overlap, and their indexes have no gaps`() {
    let translation = Translation(
      ChatStream().text("x").call(3, id: "a", name: "A", "{").call(1, id: "b", name: "B", "{")
        .call(9, id: "c", name: "C", "{").call(9, "}").call(1, "}").call(3, "}").end("tool_calls"))
    #expect(
      translation.summary.filter { !$0.hasPrefix("+") } == [
        "text 0", "stop 0", "tool_use 1 A toolu_px_a", "stop 1", "tool_use 2 B toolu_px_b", "stop 2",
        "tool_use 3 C toolu_px_c", "stop 3", "tool_use",
      ])
  }

  // 11
  @Test func `text and tool together stop for the tool`() {
    for reason in ["stop", "tool_calls", "end_turn", "eos"] {
      let translation = Translation(
        ChatStream().text("a").call(0, id: "a", name: "A", "{}").text("b").end(reason))
      #expect(translation.summary.last == "tool_use")
    }
  }

  // 12
  @Test func `a finish reason without usage still ends the message`() {
    #expect(Translation(ChatStream().text("x").finish("stop")).events.last == "message_stop")
    #expect(Translation(ChatStream().text("x").finish("stop").done()).events.last == "message_stop")
  }

  // 13
  @Test func `the change from reasoning to text closes the thinking`() {
    let kinds = Translation(ChatStream().reasoning("a", field: "reasoning").text("b").end()).summary
    #expect(kinds.firstIndex(of: "stop 0")! < kinds.firstIndex(of: "text 1")!)
  }

  // 14
  @Test func `nothing follows message_stop`() {
    let stream = ChatStream().text("x").end().text("more").call(0, id: "a", name: "A", "{}").end()
    let translation = Translation(stream)
    #expect(translation.failure == nil && translation.events.last == "message_stop")
    #expect(translation.events.filter { $0 == "message_stop" }.count == 1 && translation.joined == "x")
  }

  // 15
  @Test func `thinking never lands in a text block`() {
    let events = Translation(ChatStream().text("a").reasoning("b").text("c").end()).outcome.outputs
    var open: MessageEvent.BlockKind?
    for event in events {
      if case .blockStart(_, let kind) = event.kind { open = kind }
      if event.frame.text.contains("thinking_delta") { #expect(open == .thinking) }
      if event.frame.text.contains("text_delta") { #expect(open == .text) }
    }
  }

  // 16
  @Test func `there is one message_start, and reasoning stays thinking`() {
    let translation = Translation(
      ChatStream().delta(#""role":"assistant""#).reasoning("a").delta(#""role":"assistant""#).text("b").end())
    #expect(translation.events.filter { $0.hasPrefix("message_start") }.count == 1)
    #expect(translation.summary.first == "thinking 0")
  }

  // 17
  @Test func `a signature is a string, on a delta of its own type`() {
    let events = Translation(ChatStream().reasoning("a").text("b").end()).events
    #expect(events.contains { $0.contains(#""delta":{"type":"signature_delta","signature":"px1.test."#) })
    #expect(!events.contains { $0.contains(#""signature":null"#) })
  }

  // 20
  @Test func `message_start has usage, message_delta has usage`() {
    let events = Translation(ChatStream().text("x").finish("stop")).events
    #expect(events.first?.contains(#""usage":{"input_tokens":0,"output_tokens":0}"#) == true)
    #expect(events.contains { $0.hasPrefix("message_delta") && $0.contains(#""output_tokens":1"#) })
  }

  // 21, 23
  @Test func `token counts reach the client under Anthropic's names`() {
    let usage = Translation(
      ChatStream().text("x").finish("stop")
        .usage(100, 20, #","prompt_tokens_details":{"cached_tokens":60}"#).done()
    ).usage
    #expect(usage?.contains(#""cache_read_input_tokens":60"#) == true)
    #expect(usage?.contains("prompt_tokens") == false)
  }

  // 22
  @Test func `message_start carries the estimate, message_delta the real count`() {
    let translation = Translation(ChatStream().text("x").finish("stop").usage(1234, 1).done(), estimate: 1200)
    #expect(translation.events.first?.contains(#""input_tokens":1200"#) == true)
    #expect(translation.usage?.contains(#""input_tokens":1234"#) == true)
    #expect(translation.events.filter { $0.hasPrefix("message_delta") }.count == 1)
  }

  // 28
  @Test func `an error frame is a failure, not a success`() {
    let translation = Translation(
      ChatStream().data(#"{"error":{"message":"Overloaded","code":529}}"#).done())
    #expect(translation.failure?.failureClass == .errorEvent && translation.events == [])
  }
}
