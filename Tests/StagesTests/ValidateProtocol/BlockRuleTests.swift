import Pipeline
import ProxyTesting
import Stages
import Testing

/// V14–V18, V20–V24, V41, V42: blocks and their deltas.
@Suite struct BlockRuleTests {
  let textStart = #"{"type":"text","text":""}"#
  let thinkingStart = #"{"type":"thinking","thinking":"","signature":""}"#
  let thinkingDelta = #"{"type":"thinking_delta","thinking":"b"}"#
  let signatureDelta = #"{"type":"signature_delta","signature":"s"}"#

  // V14
  @Test func `fails at a delta that names no open block`() {
    expectFault(AnthropicStream().blockStart(textStart).textDelta("a", index: 3), "V14", event: 3)
    expectFault(AnthropicStream().text("a").textDelta("b"), "V14", event: 5)
    expectFault(AnthropicStream().textDelta("b", index: 0), "V14", event: 2)
    let noIndex = #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#
    expectFault(
      AnthropicStream().blockStart(textStart).event("content_block_delta", noIndex), "V14", event: 3)
  }

  // V14
  @Test func `drops the stop of a block that is not open`() {
    let stream = AnthropicStream().blockStop(index: 0).text("a").blockStop().blockStop(index: 9).stop()
    let validation = expectRepairs(stream, ["V14": 3])
    #expect(validation.output == AnthropicStream().text("a").stop().bytes)
  }

  // V15
  @Test func `warns of an unknown block and lets it pass`() {
    expectWarnings(AnthropicStream().blockStart(#"{"type":"zzz"}"#).blockStop().stop(), ["V15": 1])
  }

  // V15
  @Test(arguments: [#"{"type":""}"#, "{}", #"{"type":3}"#, "null", "[]"])
  func `fails at a block without a type`(block: String) {
    expectFault(AnthropicStream().blockStart(block), "V15", event: 2, code: .malformedEvent)
  }

  // V16, regression 15: thinking_delta inside a text block.
  @Test(arguments: [
    (#"{"type":"text","text":""}"#, #"{"type":"thinking_delta","thinking":"x"}"#),
    (#"{"type":"text","text":""}"#, #"{"type":"input_json_delta","partial_json":"{}"}"#),
    (#"{"type":"text","text":""}"#, #"{"type":"signature_delta","signature":"x"}"#),
    (#"{"type":"thinking","thinking":""}"#, #"{"type":"text_delta","text":"x"}"#),
    (#"{"type":"tool_use","id":"a","name":"b","input":{}}"#, #"{"type":"text_delta","text":"x"}"#),
    (#"{"type":"server_tool_use","id":"a","name":"b","input":{}}"#, #"{"type":"text_delta","text":"x"}"#),
    (
      #"{"type":"mcp_tool_use","id":"a","name":"b","input":{}}"#, #"{"type":"citations_delta","citation":{}}"#
    ),
    (#"{"type":"compaction","content":null}"#, #"{"type":"text_delta","text":"x"}"#),
  ])
  func `fails at a delta that does not fit its block`(block: String, delta: String) {
    expectFault(AnthropicStream().blockStart(block).delta(delta), "V16", event: 3)
  }

  // V16
  @Test(arguments: ["{}", #"{"type":null,"text":"a"}"#, "null"])
  func `fails at a delta without a type`(delta: String) {
    expectFault(
      AnthropicStream().blockStart(textStart).delta(delta), "V16", event: 3, code: .malformedEvent)
  }

  // V17
  @Test(arguments: [#"{"type":"text_delta","text":null}"#, #"{"type":"text_delta"}"#])
  func `drops a delta without its payload`(delta: String) {
    let stream = AnthropicStream().blockStart(textStart).delta(delta).textDelta("a").blockStop().stop()
    let validation = expectRepairs(stream, ["V17": 1])
    #expect(validation.output == AnthropicStream().text("a").stop().bytes)
  }

  // V17
  @Test func `finds the payload wherever it stands in the delta`() {
    let stream = AnthropicStream().blockStart(textStart)
      .delta(#"{"thinking":null,"text":"a","signature":"x","type":"text_delta"}"#).blockStop().stop()
    expectWarnings(stream, [:])
  }

  // V17
  @Test func `fails at a payload of another kind`() {
    expectFault(
      AnthropicStream().blockStart(textStart).delta(#"{"type":"text_delta","text":5}"#), "V17", event: 3,
      code: .malformedEvent)
    expectFault(
      AnthropicStream().blockStart(#"{"type":"text","text":[]}"#), "V17", event: 2, code: .malformedEvent)
  }

  // V17, regression 17: null signature.
  @Test(arguments: [
    (#"{"type":"text","text":null}"#, #"{"type":"text","text":""}"#),
    (#"{"type":"text"}"#, #"{"type":"text","text":""}"#),
    (
      #"{"type":"thinking","thinking":null,"signature":null}"#,
      #"{"type":"thinking","thinking":"","signature":""}"#
    ),
    (
      #"{"type":"thinking","thinking":"","signature":null}"#,
      #"{"type":"thinking","thinking":"","signature":""}"#
    ),
  ])
  func `gives a block the strings clients append to`(block: String, mended: String) {
    let delta = block.contains("thinking") ? signatureDelta : #"{"type":"text_delta","text":"a"}"#
    let validation = expectRepairs(
      AnthropicStream().blockStart(block).delta(delta).blockStop().text("b").stop(), ["V17": 1])
    #expect(validation.data[1].contains(mended))
  }

  // V18
  @Test(arguments: [
    #"{"type":"tool_use","id":"a","name":"","input":{}}"#,
    #"{"type":"tool_use","id":"","name":"b","input":{}}"#,
    #"{"type":"tool_use","name":"b","input":{}}"#,
    #"{"type":"server_tool_use","id":"a","name":null,"input":{}}"#,
    #"{"type":"mcp_tool_use","id":7,"name":"b","input":{}}"#,
  ])
  func `fails at a tool call without id or name`(block: String) {
    expectFault(AnthropicStream().blockStart(block), "V18", event: 2)
  }

  // V18
  @Test func `fails at a second tool call with the same id`() {
    let stream = AnthropicStream().tool("Read", id: "t", fragments: 1).tool("Read", id: "t")
    expectFault(stream, "V18", event: 5)
  }

  // V20
  @Test func `warns of a tool that was not declared`() {
    var expectation = AnswerExpectation.forTesting
    expectation.toolNames = ["Read"]
    expectWarnings(
      AnthropicStream().tool("Read").tool("Launch").stop("tool_use"), ["V20": 1], expectation)
  }

  // V21
  @Test func `unsigned thinking is a doubt, and a fault of Anthropic's own endpoint`() {
    let stream = AnthropicStream().thinking("a", signature: "").text("b").stop()
    expectWarnings(stream, ["V21": 1])
    var expectation = AnswerExpectation.forTesting
    expectation.isFirstParty = true
    expectFault(stream, "V21", event: 4, expectation)
    let whole = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"a","signature":"s"}"#)
    expectWarnings(whole.blockStop().text("b").stop(), [:], expectation)
  }

  // V22
  @Test func `warns of a second signature and of thinking after it`() {
    let stream = AnthropicStream().blockStart(thinkingStart).delta(thinkingDelta).delta(signatureDelta)
      .delta(signatureDelta).delta(thinkingDelta).blockStop().text("a").stop()
    expectWarnings(stream, ["V22": 2])
  }

  // V23
  @Test func `warns of redacted thinking without data`() {
    let stream = AnthropicStream().blockStart(#"{"type":"redacted_thinking","data":""}"#).blockStop()
    expectWarnings(stream.text("a").stop(), ["V23": 1])
  }

  // V24
  @Test func `warns of deltas for blocks that come whole`() {
    let redacted = AnthropicStream().blockStart(#"{"type":"redacted_thinking","data":"x"}"#)
      .delta(#"{"type":"text_delta","text":"x"}"#).blockStop().text("a").stop()
    expectWarnings(redacted, ["V24": 1])
    let compactionDelta = #"{"type":"compaction_delta","content":"x"}"#
    let compaction = AnthropicStream().blockStart(#"{"type":"compaction","content":null}"#)
      .delta(compactionDelta).delta(compactionDelta).blockStop().stop("compaction")
    expectWarnings(compaction, ["V24": 1])
  }

  // V41
  @Test func `warns of a text block without text and never makes one up`() {
    expectWarnings(AnthropicStream().text("").text("a").stop(), ["V41": 1])
  }

  // V42
  @Test func `warns of a result that answers no call`() {
    let stream = AnthropicStream()
      .blockStart(#"{"type":"web_fetch_tool_result","tool_use_id":"srvtoolu_9","content":{}}"#).blockStop()
      .stop()
    expectWarnings(stream, ["V42": 1])
  }
}
