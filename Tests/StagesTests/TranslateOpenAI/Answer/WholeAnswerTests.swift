import Pipeline
import ProxyTesting
import Stages
import Testing

/// Answers that come as one JSON object: translation.md §5.7.
@Suite struct WholeAnswerTests {
  func body(_ message: String, finish: String = #""stop""#, more: String = "") -> Bytes {
    Bytes(
      utf8: """
        {
          "id": "c1", "object": "chat.completion", "model": "m",
          "choices": [{"index": 0, "message": {"role": "assistant", \(message)}, "finish_reason": \(finish)}],\r
          "usage": {"prompt_tokens": 9, "completion_tokens": 5}\(more)
        }
        """)
  }

  static let everything = #"""
    "tool_calls": [{"id": "a", "type": "function", "function": {"name": "A", "arguments": "{\"x\": 1}"}},
    {"id": "b", "type": "function", "function": {"name": "B", "arguments": ""}}],
    "content": "Hello", "reasoning_content": "hm"
    """#

  @Test func `thinking, text and calls come out as events, in this order`() {
    let translation = Translation(body(Self.everything, finish: #""tool_calls""#))
    #expect(translation.failure == nil)
    #expect(
      translation.summary.map { $0.hasPrefix("signature") ? "signature" : $0 } == [
        "thinking 0", "+hm", "signature", "stop 0", "text 1", "+Hello", "stop 1", "tool_use 2 A toolu_px_a",
        #"+{"x": 1}"#, "stop 2", "tool_use 3 B toolu_px_b", "stop 3", "tool_use",
      ])
    #expect(translation.report.repairs == ["V1": 1])
    #expect(translation.usage?.contains(#""output_tokens":5"#) == true)
  }

  @Test func `the same for however the body is cut`() throws {
    try expectStageContract(
      Translation.chain().prepared(for: Translation.attempt()),
      input: body(Self.everything, finish: #""tool_calls""#), names: Translation.names)
  }

  @Test func `a request that was not streamed gets its message, from JSON and from events`() throws {
    let expected =
      #"{"id":"msg_px_test1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":5,"cache_read_input_tokens":0,"cache_creation_input_tokens":0}}"#
    let stream = ChatStream().text("Hi").finish("stop").usage(9, 5).done()
    for bytes in [body(#""content": "Hi""#), stream.bytes] {
      let translation = Translation(bytes, isStreamed: false)
      #expect(translation.report.repairs == [:])
      var message = AccumulateMessage()
      for event in translation.outcome.outputs { try message.receive(event) }
      #expect(try message.finish().text == expected)
    }
  }

  @Test func `arguments that are no object are wrapped`() {
    let calls = #""tool_calls": [{"id": "a", "function": {"name": "A", "arguments": "{\"x\": \"y"}}]"#
    let translation = Translation(body(calls, finish: #""tool_calls""#))
    #expect(translation.failure == nil)
    #expect(translation.joined == #"{"INVALID_JSON":"{\"x\": \"y"}"#)
    #expect(translation.report.repairs == ["Q42": 1, "V1": 1])
  }

  @Test func `a call that the token limit cut is left out`() {
    let calls = #""tool_calls": [{"id": "a", "function": {"name": "A", "arguments": "{\"x\": \"y"}}]"#
    let translation = Translation(body(calls, finish: #""length""#))
    #expect(translation.summary == ["max_tokens"])
  }

  @Test func `a whole answer needs no finish reason`() {
    #expect(Translation(body(#""content": "Hi""#, finish: "null")).summary.last == "end_turn")
  }

  @Test func `an empty whole answer is a failure`() {
    #expect(Translation(body(#""content": """#)).failure?.code == .emptyAnswer)
  }

  @Test func `JSON that ends too early is a failure`() {
    let whole = body(#""content": "Hi""#)
    for count in [1, 20, whole.count - 1] {
      #expect(Translation(whole.prefix(count)).failure?.code == .malformedEvent)
    }
  }
}
