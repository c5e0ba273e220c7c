import Pipeline
import ProxyTesting
import Stages
import Testing

/// V9–V11, V25–V31, V39–V43: the fields and the end of a message.
@Suite struct MessageRuleTests {
  func start(_ message: String) -> AnthropicStream {
    AnthropicStream(starts: false).event("message_start", #"{"type":"message_start","message":\#(message)}"#)
  }
  let usage = #""usage":{"input_tokens":1,"output_tokens":1}"#
  let identity = #""id":"m","type":"message","role":"assistant","model":"\#(AnthropicStream.model)""#

  func stop(_ delta: String, _ usage: String = #"{"output_tokens":9}"#) -> AnthropicStream {
    AnthropicStream().text("a").event(
      "message_delta", #"{"type":"message_delta","delta":\#(delta),"usage":\#(usage)}"#
    ).messageStop()
  }

  // V9
  @Test(arguments: [#""content":null,"#, ""])
  func `gives a message_start the empty content it lacks`(content: String) {
    let validation = expectRepairs(
      start("{\(identity),\(content)\(usage)}").text("a").stop(), ["V9": 1])
    #expect(validation.data[0].contains(#""content":[]"#))
  }

  // V9
  @Test func `pre-filled content follows as blocks of its own`() {
    let content =
      #"[{"type":"text","text":"early"},{"type":"tool_use","id":"t","name":"Read","input":{"a":"\"b"}}]"#
    let expected = start(#"{\#(identity),"content":[],\#(usage)}"#).text("early")
      .tool("Read", #"{"a":"\"b"}"#, id: "t", fragments: 1).text("late").stop("tool_use")
    let body = #"{\#(identity),"content":\#(content),\#(usage)}"#
    let continued = AnthropicStream(starts: false).blockStart("{}").blockStart("{}")
    let fromTwo = (start(body).frames + continued.text("late").stop("tool_use").frames.dropFirst(2))
    let validation = Validation(Bytes(fromTwo.flatMap { $0 }))
    #expect(validation.report.repairs == ["V9": 1])
    #expect(validation.output == expected.bytes)
    let fromZero = expectRepairs(start(body).text("late").stop("tool_use"), ["V9": 1, "V12": 1])
    #expect(fromZero.kinds == validation.kinds)
  }

  // V9
  @Test func `fails at a message_start without a message`() {
    let bare = AnthropicStream(starts: false).event("message_start", #"{"type":"message_start"}"#)
    expectFault(bare, "V9", event: 1, code: .malformedEvent)
    expectFault(start(#"{\#(identity),"content":"text",\#(usage)}"#), "V9", event: 1, code: .malformedEvent)
  }

  // V10, regression 20: a missing usage crashes clients.
  @Test(arguments: [
    "", #","usage":null"#, #","usage":{}"#, #","usage":{"input_tokens":null,"output_tokens":0}"#,
    #","usage":{"input_tokens":0}"#, #","usage":{"input_tokens":0,"output_tokens":"many"}"#,
  ])
  func `fills in the token counts of message_start`(usage: String) throws {
    let validation = expectRepairs(
      start(#"{\#(identity),"content":[]\#(usage)}"#).text("a").stop(), ["V10": 1])
    #expect(validation.data[0].contains(#""input_tokens":0"#))
    #expect(validation.data[0].contains(#""output_tokens":0"#))
  }

  // V11
  @Test func `fills in id, type, role and model`() {
    let stream = start(#"{"content":[],"id":7,\#(usage)}"#).text("a").stop()
    let validation = expectRepairs(stream, ["V11": 1])
    #expect(
      validation.data[0]
        == #"{"type":"message_start","message":{"content":[],"id":"msg_test1",\#(usage),"type":"message","role":"assistant","model":"\#(AnthropicStream.model)"}}"#
    )
    #expect(validation.report.messageID == "msg_test1")
    #expect(validation.report.model == nil)
  }

  // V11
  @Test func `fills in the model's name the client knows`() {
    let expectation = AnswerExpectation(model: "glm", modelShownToClient: "claude")
    let validation = Validation(start(#"{"content":[],\#(usage)}"#).text("a").stop(), expectation)
    #expect(validation.data[0].contains(#""model":"claude""#))
  }

  // V25, regression 2 and 13: missing content_block_stop.
  @Test func `ends an open block before the message stops`() {
    let stream = AnthropicStream().blockStart(#"{"type":"text","text":""}"#).textDelta("a").stop()
    let validation = expectRepairs(stream, ["V25": 1])
    #expect(validation.output == AnthropicStream().text("a").stop().bytes)
    let tool = AnthropicStream().toolStart("List").stop("tool_use")
    #expect(expectRepairs(tool, ["V25": 1]).kinds[2] == .blockStop(index: 0, isComplete: true))
  }

  // V25
  @Test func `fails when the message stops within a tool's input`() {
    let open = AnthropicStream().toolStart("Read").toolInput(#"{"a":"#)
    expectFault(open.stop("tool_use"), "V25", event: 5)
    let cut = expectRepairs(open.stop("max_tokens"), ["V25": 1])
    #expect(cut.kinds[4] == .blockStop(index: 0, isComplete: false))
  }

  // V26
  @Test(arguments: [
    (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, 1),
    (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":null}"#, 1),
    (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":null}}"#, 1),
  ])
  func `fills in the output tokens with the last count known`(data: String, count: Int) {
    let validation = expectRepairs(
      AnthropicStream().text("a").event("message_delta", data).messageStop(), ["V26": 1])
    #expect(validation.data[4].contains(#""output_tokens":\#(count)"#))
  }

  // V26
  @Test func `gives a message_delta the delta it lacks`() {
    let stream = AnthropicStream().text("a").event(
      "message_delta", #"{"type":"message_delta","usage":{"output_tokens":2}}"#
    ).stop()
    #expect(expectRepairs(stream, ["V26": 1]).data[4].contains(#""delta":{"stop_reason":null}"#))
  }

  // V27
  @Test func `keeps a stop reason that a later event would erase`() {
    let stream = AnthropicStream().text("a").messageDelta("end_turn").messageDelta(nil, outputTokens: 20)
      .messageStop()
    let validation = expectRepairs(stream, ["V27": 1])
    #expect(validation.data[5].contains(#""stop_reason":"end_turn""#))
    #expect(validation.kinds[5] == .messageDelta(stops: true))
  }

  // V27
  @Test func `a message that ends without a stop reason is cut`() {
    expectFault(AnthropicStream().text("a").messageStop(), "V27", event: 5, code: .truncated)
    expectFault(
      AnthropicStream().text("a").messageDelta(nil).messageStop(), "V27", event: 6, code: .truncated)
    expectFault(stop(#"{"stop_reason":5}"#), "V27", event: 5, code: .malformedEvent)
  }

  // V28
  @Test func `warns when token counts decrease`() {
    let stream = AnthropicStream().text("a").messageDelta("end_turn", outputTokens: 40)
      .messageDelta("end_turn", outputTokens: 12).messageStop()
    expectWarnings(stream, ["V28": 1])
  }

  // V29
  @Test func `warns of a stop for tools without a tool`() {
    expectWarnings(AnthropicStream().text("a").stop("tool_use"), ["V29": 1])
  }

  // V30, regression 11: end_turn instead of tool_use.
  @Test(arguments: ["end_turn", "stop"])
  func `corrects the stop reason of an answer that calls a tool`(reason: String) {
    let stream = AnthropicStream().text("a").tool("Read").stop(reason)
    let validation = expectRepairs(stream, ["V30": 1])
    #expect(validation.report.stopReason == "tool_use")
    #expect(validation.data[validation.data.count - 2].contains(#""stop_reason":"tool_use""#))
  }

  // V30
  @Test func `takes Anthropic's own endpoint at its word`() {
    var expectation = AnswerExpectation.forTesting
    expectation.isFirstParty = true
    expectWarnings(AnthropicStream().tool("Read").stop("end_turn"), [:], expectation)
  }

  // V31
  @Test func `warns of a refusal without details`() {
    expectWarnings(AnthropicStream().text("a").stop("refusal"), ["V31": 1])
  }

  // V39
  @Test(arguments: ["{}", #"{"output_tokens":0}"#])
  func `an empty answer that cost nothing is none`(usage: String) {
    let stream = AnthropicStream().event(
      "message_delta", #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":\#(usage)}"#)
    let validation = expectFault(stream.messageStop(), "V39", event: 2, code: .emptyAnswer)
    #expect(validation.kinds == [.messageStart])
  }

  // V39
  @Test func `a text block without text is no content either`() {
    expectFault(
      AnthropicStream().text("").stop("end_turn", outputTokens: 0), "V39", event: 5, code: .emptyAnswer)
    expectWarnings(AnthropicStream().stop("end_turn", outputTokens: 2), ["V39": 1])
  }

  // V40
  @Test func `warns of an answer that only thinks`() {
    expectWarnings(AnthropicStream().thinking("a").stop(), ["V40": 1])
  }

  // V43
  @Test func `warns of another model than the one asked for`() {
    expectWarnings(AnthropicStream(model: "other").text("a").stop(), ["V43": 1])
  }

  // V43
  @Test func `an alias may be answered by its dated name, and a fallback by its own`() {
    expectWarnings(
      AnthropicStream().text("a").stop(), [:], AnswerExpectation(model: "claude-sonnet-4-5"))
    let fallback = AnthropicStream(model: "other").blockStart(
      #"{"type":"fallback","from":{"model":"a"},"to":{"model":"other"},"trigger":{"type":"refusal"}}"#
    ).blockStop().text("a").stop()
    expectWarnings(fallback, [:])
    let iterations = AnthropicStream(model: "other").text("a").event(
      "message_delta",
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3,"iterations":[]}}"#
    ).messageStop()
    expectWarnings(iterations, [:])
  }
}
