import Pipeline
import ProxyTesting
import Stages
import Testing

/// Ends of answers: Q8–Q13, Q25, Q26, Q43, Q47, Q48, Q51.
@Suite struct FinishQuirkTests {
  static let call = ["tool_use 0 A toolu_px_a", "+{}", "stop 0"]
  func call() -> ChatStream { ChatStream().call(0, id: "a", name: "A", "{}") }
  func text() -> ChatStream { ChatStream().text("x") }
  static let text = ["text 0", "+x", "stop 0"]

  @Test(arguments: ["stop", "end_turn", "STOP", "eos"])
  func `Q8 stop after tool calls means tool_use`(reason: String) {
    expectTranslation(call().end(reason), Self.call + ["tool_use"], repairs: ["Q8": 1])
  }

  @Test func `Q8 tool_calls without a call is the end of a turn`() {
    expectTranslation(text().end("tool_calls"), Self.text + ["end_turn"], warnings: ["Q8": 1])
  }

  @Test func `Q9 DONE without a finish reason ends the answer`() {
    expectTranslation(text().done(), Self.text + ["end_turn"], repairs: ["Q9": 1])
    expectTranslation(call().done(), Self.call + ["tool_use"], repairs: ["Q9": 1])
  }

  @Test func `Q9 complete calls end an answer that simply closes`() {
    expectTranslation(call(), Self.call + ["tool_use"], repairs: ["Q9": 1])
  }

  @Test func `Q9 text that simply closes is cut`() {
    let translation = expectRefusal(text(), "Q9", .truncated, stage: "translate-openai")
    #expect(translation.summary == ["text 0", "+x"])
  }

  @Test(arguments: [#"{"x""#, ""])
  func `Q9 a call that is not complete is cut`(arguments: String) {
    expectRefusal(
      call().call(1, id: "b", name: "B", arguments), "Q9", .truncated, stage: "translate-openai")
  }

  @Test func `Q9 half a call before DONE is cut`() {
    expectRefusal(
      ChatStream().call(0, id: "a", name: "A", "{").done(), "V19", .truncated, stage: "translate-openai")
  }

  @Test func `Q10 a finish reason is enough`() {
    expectTranslation(text().finish("stop"), Self.text + ["end_turn"])
  }

  @Test(arguments: [
    "data: [DONE]", "data: [DONE]\n", "data: {\"choi", ": bye", "data: [DO", "data: {\"choices\":[]}",
  ])
  func `Q10 a last line without its blank line does not spoil a finished answer`(rest: String) {
    let translation = Translation(text().finish("stop").raw(rest))
    #expect(translation.failure == nil)
    #expect(translation.summary == Self.text + ["end_turn"])
  }

  @Test func `Q10 an answer that is cut within a frame is cut`() {
    expectRefusal(text().raw("data: {\"choi"), "Q10", .truncated)
  }

  @Test func `Q10 usage in a last line without its blank line counts`() {
    let stream = text().finish("stop").raw(
      #"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":9}}"#)
    #expect(Translation(stream).usage?.contains(#""output_tokens":9"#) == true)
  }

  @Test(arguments: [
    ("length", "max_tokens"), ("max_tokens", "max_tokens"), ("content_filter", "refusal"),
    ("sensitive", "refusal"), ("model_context_window_exceeded", "model_context_window_exceeded"),
    ("function_call", "end_turn"), ("eos", "end_turn"), ("end_turn", "end_turn"),
  ])
  func `Q11 every known finish reason has its stop reason`(reason: String, stop: String) {
    expectTranslation(text().end(reason), Self.text + [stop])
  }

  @Test(arguments: [("length", "max_tokens"), ("sensitive", "refusal"), ("tool_use", "tool_use")])
  func `Q11 the same after a complete call`(reason: String, stop: String) {
    expectTranslation(call().end(reason), Self.call + [stop])
  }

  @Test func `Q11 an unknown finish reason is noticed`() {
    expectTranslation(text().end("out_of_coffee"), Self.text + ["end_turn"], warnings: ["Q11": 1])
    expectTranslation(call().end("out_of_coffee"), Self.call + ["tool_use"], warnings: ["Q11": 1])
  }

  @Test func `Q11 an empty finish reason is none`() {
    expectTranslation(
      ChatStream().choice(#""delta":{"content":"x"},"finish_reason":"""#).choice(
        #""delta":{"content":"y"},"finish_reason":"stop""#),
      ["text 0", "+x", "+y", "stop 0", "end_turn"])
  }

  @Test(arguments: [
    ("error", "Q11", 500), ("cancelled", "Q11", 500), ("network_error", "Q12", 529),
    ("insufficient_system_resource", "Q13", 529),
  ])
  func `Q11 Q12 Q13 a failed answer is an error`(reason: String, rule: String, status: Int) {
    let translation = expectRefusal(text().end(reason), rule, .errorEvent)
    #expect(translation.failure?.httpStatus == status)
    #expect(translation.summary == ["text 0", "+x"])
  }

  @Test func `Q25 the stop reason waits for the usage`() {
    let finished = text().finish("stop")
    let attempt = Translation.attempt()
    let chain = Translation.chain().prepared(for: attempt)
    let before = chain.outcome(of: [finished.bytes], finishes: false)
    #expect(before.outputs.last?.kind == .blockStop(index: 0, isComplete: true))
    #expect(attempt.isAnswerWhole)
    let after = chain.outcome(of: [finished.usage().bytes], finishes: false)
    #expect(after.outputs.last?.kind == .messageStop)
  }

  @Test func `an answer is not whole before its finish reason`() {
    let attempt = Translation.attempt()
    _ = Translation.chain().prepared(for: attempt).outcome(of: [text().bytes], finishes: false)
    #expect(!attempt.isAnswerWhole)
  }

  @Test func `Q25 content after the finish reason is a fault`() {
    expectRefusal(text().finish("stop").text("y"), "Q25", .protocolViolation)
  }

  @Test func `Q25 empty deltas and a second finish reason after it are not`() {
    expectTranslation(
      text().finish("length").delta(#""content":"""#).end("stop"), Self.text + ["max_tokens"])
  }

  @Test(arguments: [
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":USAGE}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":USAGE}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":USAGE}}"#,
  ])
  func `Q26 usage counts wherever it stands`(chunk: String) {
    let usage = #"{"prompt_tokens":7,"completion_tokens":3}"#
    let translation = Translation(text().data(chunk.replacing("USAGE", with: usage)).done())
    #expect(
      translation.usage
        == #"{"input_tokens":7,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":3}"#
    )
  }

  @Test func `Q26 the last usage that is not null counts, and is never added up`() {
    let chunk = { (text: String, usage: String) in
      ChatStream().choice(#""delta":{"content":"\#(text)"}"#, #","usage":\#(usage)"#)
    }
    let stream = [
      chunk("a", #"{"prompt_tokens":7,"completion_tokens":1}"#),
      chunk("b", #"{"prompt_tokens":7,"completion_tokens":2}"#), chunk("c", "null"), chunk("d", "{}"),
    ].reduce(ChatStream()) { $1.frames.reduce($0) { $0.raw($1.text) } }
    #expect(Translation(stream.finish("stop").done()).usage?.contains(#""output_tokens":2}"#) == true)
  }

  @Test func `Q43 a prompt that was cut silently is noticed`() {
    let stream = text().finish("stop").usage(4000, 96).done()
    #expect(Translation(stream, estimate: 30000).report.warnings == ["Q43": 1])
    #expect(Translation(stream, estimate: 5000).report.warnings == [:])
    #expect(Translation(text().finish("stop").usage(0, 9).done(), estimate: 30000).report.warnings == [:])
  }

  @Test func `Q47 refusal deltas are text, and the stop reason says so`() throws {
    let translation = Translation(
      ChatStream().delta(#""content":null,"refusal":"No""#).delta(#""refusal":".""#).end())
    #expect(translation.summary == ["text 0", "+No", "+.", "stop 0", "refusal"])
    #expect(translation.events.contains { $0.contains(#""stop_details":{"type":"refusal""#) })
  }

  @Test func `Q48 chunks without choices say nothing`() {
    expectTranslation(
      ChatStream().data(#"{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}"#).text("x").end(),
      Self.text + ["end_turn"])
  }

  @Test func `Q51 a last chunk of usage alone ends the message`() {
    let outcome = Translation.chain().prepared(for: Translation.attempt()).outcome(
      of: [text().finish("stop").usage().bytes], finishes: false)
    #expect(outcome.outputs.last?.kind == .messageStop)
  }

  @Test func `an empty stream and one of comments alone are cut`() {
    for stream in [ChatStream(), ChatStream().raw(": hi\n\n").raw("\n")] {
      expectRefusal(stream, "Q23", .truncated, stage: "translate-openai")
    }
  }

  @Test func `only the first choice counts`() {
    expectTranslation(
      ChatStream().data(
        #"{"choices":[{"delta":{"content":"no"},"index":1,"finish_reason":"stop"},{"index":0,"delta":{"content":"x"}}]}"#
      ).end(), Self.text + ["end_turn"])
  }
}
