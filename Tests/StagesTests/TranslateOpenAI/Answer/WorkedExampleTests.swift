import Pipeline
import ProxyTesting
import Stages
import Testing

/// The worked examples of translation.md §7, event by event.
@Suite struct WorkedExampleTests {
  static let start =
    #"message_start {"message":{"id":"msg_px_test1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}"#

  func blockStart(_ index: Int, _ block: String) -> String {
    #"content_block_start {"index":\#(index),"content_block":\#(block)}"#
  }
  func textStart(_ index: Int) -> String { blockStart(index, #"{"type":"text","text":""}"#) }
  func thinkingStart(_ index: Int) -> String {
    blockStart(index, #"{"type":"thinking","thinking":"","signature":""}"#)
  }
  func toolStart(_ index: Int, _ id: String, _ name: String) -> String {
    blockStart(index, #"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":{}}"#)
  }
  func delta(_ index: Int, _ type: String, _ key: String, _ text: String) -> String {
    #"content_block_delta {"index":\#(index),"delta":{"type":"\#(type)","\#(key)":\#(text.jsonQuoted)}}"#
  }
  func text(_ index: Int, _ text: String) -> String { delta(index, "text_delta", "text", text) }
  func json(_ index: Int, _ text: String) -> String { delta(index, "input_json_delta", "partial_json", text) }
  func thinking(_ index: Int, _ text: String) -> String { delta(index, "thinking_delta", "thinking", text) }
  func signature(_ index: Int, _ text: String) -> String {
    delta(index, "signature_delta", "signature", text)
  }
  func stop(_ index: Int) -> String { #"content_block_stop {"index":\#(index)}"# }
  func tail(_ reason: String, _ output: Int, input: Int? = 40) -> [String] {
    let counts =
      input.map { #""input_tokens":\#($0),"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"# }
      ?? ""
    return [
      #"message_delta {"delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":{\#(counts)"output_tokens":\#(output)}}"#,
      "message_stop",
    ]
  }

  func expect(
    _ stream: ChatStream, _ events: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let translation = Translation(stream)
    #expect(translation.failure == nil, sourceLocation: sourceLocation)
    #expect(translation.events == [Self.start] + events, sourceLocation: sourceLocation)
    try expectStageContract(
      Translation.chain().prepared(for: Translation.attempt()), input: stream.bytes, names: Translation.names)
  }

  @Test func `1 plain text`() throws {
    try expect(
      ChatStream().delta(#""role":"assistant","content":"""#).text("The build ").text("passed.").end(),
      [textStart(0), text(0, "The build "), text(0, "passed."), stop(0)] + tail("end_turn", 4))
  }

  @Test func `2 text, then one call whose arguments come in pieces`() throws {
    try expect(
      ChatStream().text("I will list it.").call(0, id: "call_a", name: "Bash", "")
        .call(0, #"{"command":"#).call(0, #""ls"}"#).end("tool_calls", 17),
      [
        textStart(0), text(0, "I will list it."), stop(0), toolStart(1, "toolu_px_call_a", "Bash"),
        json(1, #"{"command":"#), json(1, #""ls"}"#), stop(1),
      ] + tail("tool_use", 17))
  }

  @Test func `3 two calls, one after the other`() throws {
    try expect(
      ChatStream().call(0, id: "c1", name: "Read", #"{"file":"a.rs"}"#)
        .call(1, id: "c2", name: "Read", #"{"file":"#).call(1, #""b.rs"}"#).end("tool_calls", 30),
      [
        toolStart(0, "toolu_px_c1", "Read"), json(0, #"{"file":"a.rs"}"#), stop(0),
        toolStart(1, "toolu_px_c2", "Read"), json(1, #"{"file":"#), json(1, #""b.rs"}"#), stop(1),
      ] + tail("tool_use", 30))
  }

  @Test func `4 two calls interleaved`() throws {
    try expect(
      ChatStream().call(0, id: "c1", name: "Grep", #"{"q":"#).call(1, id: "c2", name: "Glob", #"{"p":"#)
        .call(0, #""x"}"#).call(1, #""*.md"}"#).end("tool_calls", 28),
      [
        toolStart(0, "toolu_px_c1", "Grep"), json(0, #"{"q":"#), json(0, #""x"}"#), stop(0),
        toolStart(1, "toolu_px_c2", "Glob"), json(1, #"{"p":"*.md"}"#), stop(1),
      ] + tail("tool_use", 28))
  }

  @Test func `5 text after a call`() throws {
    try expect(
      ChatStream().call(0, id: "c1", name: "Bash", #"{"command":"make"}"#).text("Running it now.")
        .end("stop", 15),
      [
        toolStart(0, "toolu_px_c1", "Bash"), json(0, #"{"command":"make"}"#), stop(0), textStart(1),
        text(1, "Running it now."), stop(1),
      ] + tail("tool_use", 15))
  }

  @Test func `6 reasoning, then text`() throws {
    try expect(
      ChatStream().reasoning("User wants the port. ").reasoning("It is 8080.").text("Port 8080.")
        .end("stop", 22),
      [
        thinkingStart(0), thinking(0, "User wants the port. "), thinking(0, "It is 8080."),
        signature(0, "px1.test.237639ff42d01950"), stop(0), textStart(1), text(1, "Port 8080."), stop(1),
      ] + tail("end_turn", 22))
  }

  @Test func `7 reasoning and a whole call without index or finish reason`() throws {
    let stream = ChatStream().reasoning("Need the log.", field: "reasoning").call(
      id: "k1", name: "Read", #"{"file":"run.log"}"#, extra: #"{"google":{"thought_signature":"S1"}}"#
    ).done()
    try expect(
      stream,
      [
        thinkingStart(0), thinking(0, "Need the log."), signature(0, "px1.test.a015d0e8905b9496"), stop(0),
        toolStart(1, "toolu_px_k1", "Read"), json(1, #"{"file":"run.log"}"#), stop(1),
      ] + tail("tool_use", 9, input: nil))
    #expect(
      Translation(stream).memory.calls == [
        "toolu_px_k1": RememberedToolCall(
          id: "k1", extraContent: #"{"google":{"thought_signature":"S1"}}"#)
      ])
  }

  @Test func `8 cut by length inside arguments`() throws {
    try expect(
      ChatStream().call(0, id: "c1", name: "Write", #"{"file":"a","text":"lor"#).end("length", 8192),
      [
        toolStart(0, "toolu_px_c1", "Write"), json(0, #"{"file":"a","text":"lor"#), stop(0),
      ] + tail("max_tokens", 8192))
  }

  static let refusal = [
    #"message_delta {"delta":{"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":null,"explanation":null}},"usage":{"input_tokens":40,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":7}}"#,
    "message_stop",
  ]

  @Test func `9 a refusal`() throws {
    try expect(
      ChatStream().delta(#""refusal":"I can't help with that.""#).end("stop", 7),
      [textStart(0), text(0, "I can't help with that."), stop(0)] + Self.refusal)
  }

  @Test func `9 a content filter without text`() throws {
    try expect(ChatStream().end("content_filter", 7), Self.refusal)
  }

  @Test func `10 an error object in the middle`() {
    let stream = ChatStream().text("Step one: open the").data(
      #"{"error":{"code":502,"message":"provider disconnected"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"#
    )
    let translation = expectRefusal(stream, "Q21", .errorEvent)
    #expect(translation.summary == ["text 0", "+Step one: open the"])
    #expect(translation.failure?.httpStatus == 529)
    #expect(
      translation.failure?.upstreamBody?.text
        == #"{"type":"error","error":{"type":"overloaded_error","message":"upstream: provider disconnected"}}"#
    )
  }

  @Test func `11 an empty completion goes to the next endpoint`() {
    let stream = ChatStream().delta(#""role":"assistant","content":"""#).end("stop", 0)
    let translation = expectRefusal(stream, "Q18", .emptyAnswer, stage: "translate-openai")
    #expect(translation.events == [])
    #expect(translation.failure?.failureClass == .notAnAnswer)
  }

  @Test func `12 cached tokens and usage on the finish chunk, without DONE`() throws {
    try expect(
      ChatStream().text("ok").choice(
        #""delta":{},"finish_reason":"stop""#,
        #","usage":{"prompt_tokens":12000,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":11500,"cache_write_tokens":300}}"#
      ),
      [
        textStart(0), text(0, "ok"), stop(0),
        #"message_delta {"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":200,"cache_read_input_tokens":11500,"cache_creation_input_tokens":300,"output_tokens":1}}"#,
        "message_stop",
      ])
  }
}
