import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct ValidStreamTests {
  @Test(arguments: Fixture.all)
  func `a valid stream passes with its bytes and places untouched`(fixture: Fixture) {
    let validation = Validation(fixture.stream)
    #expect(validation.failure == nil)
    #expect(validation.output == fixture.stream.bytes)
    #expect(validation.report.repairs == [:])
    #expect(validation.report.events == fixture.stream.frames.count)
    var offset = 0
    for event in validation.outcome.outputs {
      #expect(event.sourceOffset == offset)
      offset += event.frame.count
    }
  }

  @Test(arguments: Fixture.all)
  func `the answer does not depend on how it is cut into reads`(fixture: Fixture) throws {
    try expectStageContract(Validation.chain, input: fixture.stream.bytes, names: Validation.names)
  }

  @Test(arguments: Fixture.all)
  func `a stage of its own keeps the contract`(fixture: Fixture) throws {
    try expectStageContract(ParseSSE(), input: fixture.stream.bytes)
    try expectStageContract(ValidateProtocol(.anthropic), input: fixture.stream.events)
    try expectStageContract(ValidateProtocol(.anthropic), input: fixture.stream.prefix(3).events)
  }

  // V34, failover-semantics.md §2
  @Test(arguments: Fixture.all)
  func `a valid stream cut after any event is truncated, or complete but for its last event`(fixture: Fixture)
  {
    let whole = Validation(fixture.stream)
    let stop = whole.kinds.firstIndex(of: .messageDelta(stops: true)) ?? 0
    for count in 0..<fixture.stream.frames.count {
      let cut = Validation(fixture.stream.prefix(count))
      #expect(Array(cut.kinds.prefix(count)) == Array(whole.kinds.prefix(count)))
      if count <= stop {
        #expect(cut.failure?.code == .truncated)
        #expect(cut.failure?.rule == "V34")
      } else {
        #expect(cut.failure == nil)
        #expect(cut.kinds.filter { $0 == .messageStop }.count == 1)
      }
    }
  }

  @Test func `says what each event is`() {
    let stream = AnthropicStream().ping().thinking("a").text("b").tool("Read", #"{"a":1}"#, fragments: 1)
      .comment().stop("tool_use")
    #expect(
      Validation(stream).kinds == [
        .messageStart, .ping,
        .blockStart(index: 0, block: .thinking), .blockDelta(index: 0), .blockDelta(index: 0),
        .blockStop(index: 0, isComplete: true),
        .blockStart(index: 1, block: .text), .blockDelta(index: 1), .blockStop(index: 1, isComplete: true),
        .blockStart(index: 2, block: .toolUse), .blockDelta(index: 2), .blockStop(index: 2, isComplete: true),
        .other, .messageDelta(stops: true), .messageStop,
      ])
  }

  @Test func `reports model, id, stop reason, usage and events`() {
    let stream = AnthropicStream(id: "msg_7", inputTokens: 99).text("a").stop("end_turn", outputTokens: 41)
    let report = Validation(stream).report
    #expect(report.model == AnthropicStream.model)
    #expect(report.messageID == "msg_7")
    #expect(report.stopReason == "end_turn")
    #expect(report.usage == TokenUsage(input: 99, output: 41, cacheCreation: 3, cacheRead: 5))
    #expect(report.events == 6)
    #expect(report.warnings == [:])
  }

  // Regression 21: cache tokens zero.
  @Test func `counts of a later event overwrite earlier ones, the others survive`() {
    let stream = AnthropicStream(inputTokens: 10).text("a").event(
      "message_delta",
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":12,"cache_read_input_tokens":700,"output_tokens":8}}"#
    ).messageStop()
    #expect(
      Validation(stream).report.usage == TokenUsage(input: 12, output: 8, cacheCreation: 3, cacheRead: 700))
  }

  @Test func `puts the model's name back and changes no other byte`() {
    let stream = AnthropicStream(model: "glm-4.6").text("glm-4.6").stop()
    let expectation = AnswerExpectation(model: "glm-4.6", modelShownToClient: "claude-opus-4-1")
    let validation = Validation(stream, expectation)
    let shown = AnthropicStream(model: "claude-opus-4-1").text("glm-4.6").stop()
    #expect(validation.output == shown.bytes)
    #expect(validation.report.repairs == [:])
    #expect(validation.report.model == "glm-4.6")
    #expect(validation.outcome.outputs.first?.sourceOffset == nil)
  }

  @Test func `puts the model's name back into data over several lines`() {
    let lines = AnthropicStream().frames[0].text.replacing(#","model""#, with: ",\ndata: \"model\"")
    let stream = AnthropicStream(starts: false).raw(lines).text("a").stop()
    let validation = Validation(
      stream, AnswerExpectation(model: AnthropicStream.model, modelShownToClient: "shown"))
    #expect(validation.failure == nil)
    #expect(validation.data[0].contains(#""model":"shown""#))
  }

  @Test func `what came before a failure is emitted`() {
    let stream = AnthropicStream().text("a").event("content_block_delta", "{oops")
    let validation = Validation(stream)
    #expect(validation.output == stream.prefix(4).bytes)
    #expect(validation.report.events == 5)
  }
}
