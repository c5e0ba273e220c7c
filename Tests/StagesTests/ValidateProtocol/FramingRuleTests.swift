import Pipeline
import ProxyTesting
import Stages
import Testing

/// V2, V3, V6, V7, V8, V32–V36.
@Suite struct FramingRuleTests {
  let textStart = #"{"type":"text","text":""}"#

  // V2
  @Test func `adds the name an event lacks`() {
    let stream = AnthropicStream(starts: false).raw(
      AnthropicStream().frames[0].text.replacing("event: message_start\n", with: "")
    ).raw("data: {\"type\":\"ping\"}\n\n").text("a").stop()
    let validation = expectRepairs(stream, ["V2": 2])
    #expect(
      validation.output
        == AnthropicStream().event("ping", #"{"type":"ping"}"#).text("a").stop().bytes)
  }

  // V2
  @Test func `an event goes by the type of its data`() {
    let stream = AnthropicStream().blockStart(textStart).event(
      "ping", #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#
    ).blockStop().stop()
    let validation = expectRepairs(stream, ["V2": 1])
    #expect(validation.output == AnthropicStream().text("a").stop().bytes)
    #expect(validation.outcome.outputs[2].sourceOffset == nil)
  }

  // V2
  @Test func `names an unknown event after its type, and leaves one with an odd type alone`() {
    let stream = AnthropicStream().raw("data: {\"type\":\"news\"}\n\n").raw("data: {\"type\":\"a\\nb\"}\n\n")
      .raw("data: {\"type\":\"\"}\n\n").text("a").stop()
    let validation = Validation(stream)
    #expect(validation.failure == nil)
    #expect(validation.report.repairs == ["V2": 1])
    #expect(validation.outcome.outputs[1].frame.text == "event: news\ndata: {\"type\":\"news\"}\n\n")
    #expect(validation.outcome.outputs[2].frame.text == "data: {\"type\":\"a\\nb\"}\n\n")
  }

  // V2
  @Test func `escapes hide neither a type nor a key`() {
    let escaped =
      #"{"\u0074ype":"content\u005fblock_delta","index":7,"delta":{"type":"text_delta","text":"a"}}"#
    expectFault(
      AnthropicStream().blockStart(textStart).event("content_block_delta", escaped), "V14", event: 3)
    let mismatch =
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking\u005fdelta","thinking":"a"}}"#
    expectFault(
      AnthropicStream().blockStart(textStart).event("content_block_delta", mismatch), "V16", event: 3)
  }

  // V3
  @Test(arguments: [
    "{oops", "[1]", "\"x\"", "{}", #"{"type":7}"#, #"{"type":null,"index":0}"#, #"{"type":"ping"} x"#,
    "hello",
    #"{"type":"content_block_stop","index":0,}"#, #"{"type":"content_block_stop","index":01}"#,
  ])
  func `fails when the data is no object with a type`(data: String) {
    expectFault(
      AnthropicStream().ping().event("content_block_delta", data), "V3", event: 3, code: .malformedEvent)
  }

  // V3
  @Test func `fails when a known event has no data`() {
    expectFault(AnthropicStream().raw("event: message_stop\n\n"), "V3", event: 2, code: .malformedEvent)
  }

  // V3
  @Test func `a ping is a ping whatever its data`() {
    let stream = AnthropicStream().event("ping", "pong").event("ping", "{}").text("a").stop()
    expectWarnings(stream, ["V3": 1])
  }

  // V6
  @Test(arguments: ["data: [DONE]\n\n", "event: done\ndata: [DONE]\n\n"])
  func `drops the sentinel of another protocol`(sentinel: String) {
    let stream = AnthropicStream().text("a").stop()
    let validation = expectRepairs(stream.raw(sentinel), ["V6": 1])
    #expect(validation.output == stream.bytes)
  }

  // V7
  @Test(arguments: [
    (
      "content_block_start",
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
    ),
    (
      "content_block_delta",
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#
    ),
    ("content_block_stop", #"{"type":"content_block_stop","index":0}"#),
    (
      "message_delta",
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#
    ),
    ("message_stop", #"{"type":"message_stop"}"#),
  ])
  func `fails when another event comes before message_start`(name: String, data: String) {
    expectFault(AnthropicStream(starts: false).ping().event(name, data), "V7", event: 2)
  }

  // V8, regression 16: duplicate message_start.
  @Test func `fails at a second message_start`() {
    expectFault(AnthropicStream().messageStart(), "V8", event: 2)
    expectFault(AnthropicStream().blockStart(textStart).textDelta("a").messageStart(), "V8", event: 4)
    expectFault(AnthropicStream().text("a").messageDelta("end_turn").messageStart(), "V8", event: 6)
  }

  // V32
  @Test func `fails when content follows the stop reason`() {
    let stopped = AnthropicStream().text("a").messageDelta("end_turn")
    expectFault(stopped.blockStart(textStart), "V32", event: 6)
    expectFault(stopped.textDelta("a"), "V32", event: 6)
    expectFault(stopped.blockStop(), "V32", event: 6)
  }

  // V33
  @Test func `supplies a missing message_stop`() {
    let stream = AnthropicStream().text("a").messageDelta("end_turn")
    let validation = expectRepairs(stream, ["V33": 1])
    #expect(validation.output == stream.messageStop().bytes)
    #expect(validation.kinds.last == .messageStop)
  }

  // V33, regression 14: deltas after message_stop are still consumed by the client.
  @Test func `drops what follows message_stop, but for pings and comments`() {
    let whole = AnthropicStream().text("a").stop()
    let stream = whole.messageStop().textDelta("b").blockStart(textStart).messageStart().error()
      .event("news", #"{"type":"news"}"#).event("content_block_delta", "{oops").raw("event: beat\n\n")
    let validation = Validation(stream.ping().comment())
    #expect(validation.failure == nil)
    #expect(validation.output == whole.ping().comment().bytes)
    #expect(validation.report.repairs == ["V33": 1])
    #expect(validation.report.warnings == ["V32": 5, "V8": 1, "V35": 1])
  }

  // V34
  @Test func `fails when the stream ends early, and says where`() {
    func detail(_ stream: AnthropicStream) -> String? {
      let validation = Validation(stream)
      #expect(validation.failure?.rule == "V34")
      #expect(validation.failure?.code == .truncated)
      return validation.failure?.detail
    }
    #expect(detail(AnthropicStream(starts: false)) == "The stream ends before message_start.")
    #expect(detail(AnthropicStream())?.hasPrefix("The stream ends before a stop_reason (event 1,") == true)
    #expect(
      detail(AnthropicStream().blockStart(textStart).textDelta("a"))?
        .hasPrefix("The stream ends within a content block (event 3,") == true)
  }

  // V35, regression 28: in-band errors logged as success.
  @Test(arguments: [
    ("overloaded_error", 529), ("rate_limit_error", 429), ("api_error", 500), ("authentication_error", 401),
    ("permission_error", 403), ("not_found_error", 404), ("request_too_large", 413),
    ("invalid_request_error", 400), ("timeout_error", 504), ("billing_error", 402), ("conflict_error", 409),
    ("something_new", 500),
  ])
  func `an error event fails with the endpoint's own words and status`(type: String, status: Int) {
    let validation = expectFault(
      AnthropicStream().ping().error(type, "Not now"), "V35", event: 3, code: .errorEvent)
    #expect(validation.failure?.httpStatus == status)
    #expect(validation.failure?.detail.contains("\(type): Not now") == true)
    #expect(
      validation.failure?.upstreamBody?.text
        == #"{"type":"error","error":{"type":"\#(type)","message":"Not now"}}"#)
  }

  // V35
  @Test func `an error is one by its name or by its type, at any point`() {
    let error = #"{"type":"error","error":{"type":"api_error","message":"x"}}"#
    expectFault(AnthropicStream(starts: false).event("error", error), "V35", event: 1, code: .errorEvent)
    expectFault(AnthropicStream().event("message", error), "V35", event: 2, code: .errorEvent)
    expectFault(AnthropicStream().raw("data: \(error)\n\n"), "V35", event: 2, code: .errorEvent)
    expectFault(AnthropicStream().event("error", #"{"type":"ping"}"#), "V35", event: 2, code: .errorEvent)
    expectFault(AnthropicStream().event("error", "boom"), "V35", event: 2, code: .errorEvent)
    expectFault(AnthropicStream().event("error", #"{"detail":"boom"}"#), "V35", event: 2, code: .errorEvent)
    expectFault(
      AnthropicStream().text("a").messageDelta("end_turn").event("error", error), "V35", event: 6,
      code: .errorEvent)
  }

  // V36
  @Test(arguments: [
    #"{"error":{"message":"quota exceeded","type":"insufficient_quota","code":null}}"#,
    #"{"error":"quota exceeded"}"#,
  ])
  func `a bare error object is an error too`(data: String) {
    let validation = expectFault(
      AnthropicStream().raw("data: \(data)\n\n"), "V36", event: 2, code: .errorEvent)
    #expect(validation.failure?.detail.contains("quota exceeded") == true)
    #expect(validation.failure?.upstreamBody?.text == data)
  }
}
