import Foundation
import Pipeline
import ProxyTesting
import Stages
import Testing

/// `MessageReplay` and `AccumulateMessage` are each other's reverse.
@Suite struct RoundTripTests {
  /// Replays a message, checks the events, and accumulates them again.
  func roundTrip(_ text: String) throws -> String {
    let stream = try MessageReplay.events(from: Bytes(utf8: text))
    let validation = Validation(stream)
    #expect(validation.failure == nil)
    #expect(validation.report.repairs == [:])
    return try accumulated(validation)
  }

  func accumulated(_ validation: Validation) throws -> String {
    var message = AccumulateMessage()
    for event in validation.outcome.outputs { try message.receive(event) }
    return try message.finish().text
  }

  func object(_ text: String) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
  }

  @Test func `a generated message survives replay and accumulation`() throws {
    var random = SeededRandom(seed: 42)
    for _ in 0..<300 {
      let text = MessageGenerator.message(&random)
      let result = try roundTrip(text)
      let (expected, found) = (try object(text), try object(result))
      #expect(expected == found, "\(text)\n\(result)")
    }
  }

  // V1
  @Test func `a replayed message reads like a streamed one`() throws {
    let stream = try MessageReplay.events(
      from: Bytes(
        utf8: MessageValidatorTests.message(
          content: #"[{"type":"tool_use","id":"t","name":"Read","input":{"a" : "\n"}}]"#, stop: #""tool_use""#
        )))
    #expect(
      Validation(stream).kinds == [
        .messageStart, .blockStart(index: 0, block: .toolUse), .blockDelta(index: 0),
        .blockStop(index: 0, isComplete: true), .messageDelta(stops: true), .messageStop,
      ])
    #expect(stream.text.contains(#""partial_json":"{\"a\" : \"\\n\"}""#))
    #expect(stream.text.contains(#""name":"Read","input":{}}"#))
  }

  @Test(arguments: ["", "<html>", "[]", "{}", #"{"type":"message"}"#])
  func `replays messages only`(text: String) {
    #expect(throws: ProxyFailure.self) { try MessageReplay.events(from: Bytes(utf8: text)) }
  }

  @Test func `an error object is not replayed`() {
    let error = #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#
    #expect {
      try MessageReplay.events(from: Bytes(utf8: error), stage: "sniff-format")
    } throws: { error in
      let failure = error as? ProxyFailure
      return failure?.code == .errorEvent && failure?.httpStatus == 529 && failure?.stage == "sniff-format"
    }
  }

  @Test(arguments: Fixture.all)
  func `a streamed answer adds up to a valid message`(fixture: Fixture) throws {
    let message = try accumulated(Validation(fixture.stream))
    let (checked, report) = try MessageValidator.check(Bytes(utf8: message), expectation: .forTesting)
    #expect(checked.text == message)
    #expect(report.repairs == [:])
  }

  @Test func `adds text, input, signature, citations and usage up`() throws {
    let stream = AnthropicStream(id: "m", inputTokens: 7).thinking("a", "b", signature: "sig")
      .blockStart(#"{"type":"text","text":"","citations":[]}"#).textDelta("x\"\n").textDelta("😀")
      .delta(#"{"type":"citations_delta","citation":{"n":1}}"#).delta(
        #"{"type":"citations_delta","citation":{"n":2}}"#
      )
      .blockStop().tool("Read", #"{"p":"\u0041\n","q":[1,2]}"#, fragments: 7)
      .event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null,"container":{"id":"c"}},"usage":{"output_tokens":30}}"#
      ).messageStop()
    let expected = """
      {"id":"m","type":"message","role":"assistant","model":"\(AnthropicStream.model)","content":[\
      {"type":"thinking","thinking":"ab","signature":"sig"},\
      {"type":"text","text":"x\\"\\n😀","citations":[{"n":1},{"n":2}]},\
      {"type":"tool_use","id":"toolu_1","name":"Read","input":{"p":"A\\n","q":[1,2]}}],\
      "stop_reason":"tool_use","stop_sequence":null,"container":{"id":"c"},"usage":{"input_tokens":7,\
      "cache_creation_input_tokens":3,"cache_read_input_tokens":5,"output_tokens":30}}
      """
    #expect(try object(try accumulated(Validation(stream))) == object(expected))
  }

  @Test func `leaves a cut tool call out`() throws {
    let stream = AnthropicStream().text("a").tool("Write", #"{"x":"#).stop("max_tokens")
    let message = try object(try accumulated(Validation(stream)))
    #expect((message["content"] as? [Any])?.count == 1)
    #expect(message["stop_reason"] as? String == "max_tokens")
  }

  @Test func `deltas of unknown blocks are left out`() throws {
    let stream = AnthropicStream().blockStart(#"{"type":"zzz","text":7}"#)
      .delta(#"{"type":"text_delta","text":"x"}"#).delta(#"{"type":"input_json_delta","partial_json":"{"}"#)
      .blockStop().stop()
    #expect(try accumulated(Validation(stream)).contains(#""content":[{"type":"zzz","text":7}]"#))
  }

  @Test func `a stream without its end is no message`() throws {
    #expect(throws: ProxyFailure.self) { try accumulated(Validation(AnthropicStream().text("a"))) }
    #expect(throws: ProxyFailure.self) { try AccumulateMessage().finished() }
  }
}

extension AccumulateMessage {
  fileprivate func finished() throws(ProxyFailure) -> Bytes {
    var copy = self
    return try copy.finish()
  }
}

/// Random whole messages, as the API sends them.
enum MessageGenerator {
  static func message(_ random: inout SeededRandom) -> String {
    let blocks = (0..<Int.random(in: 1...4, using: &random)).map { block($0, &random) }
    let hasTool = blocks.contains { $0.contains(#""tool_use""#) }
    return """
      {"id":"msg_\(Int.random(in: 0..<1000, using: &random))","type":"message","role":"assistant",\
      "model":"\(AnthropicStream.model)","content":[\(blocks.joined(separator: ", "))],\
      "stop_reason":"\(hasTool ? "tool_use" : "end_turn")","stop_sequence":\(Bool.random(using: &random) ? "null" : "\"x\""),\
      "usage":{"input_tokens":4,"output_tokens":9,"server_tool_use":{"web_search_requests":1}}\
      \(Bool.random(using: &random) ? #","container":{"id":"c"}"# : "")}
      """
  }

  private static func block(_ number: Int, _ random: inout SeededRandom) -> String {
    let text = JSONGenerator.string(&random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return #"{"type":"text","text":\#(text),"citations":null}"#
    case 1: return #"{"type":"text","citations":[{"cited_text":\#(text)},{}],"text":"a"}"#
    case 2: return #"{"type":"thinking","thinking":\#(text),"signature":"c2ln"}"#
    case 3: return #"{"type":"redacted_thinking","data":"\#(number)"}"#
    case 4:
      return
        #"{"type":"tool_use","id":"t\#(number)","name":"Read","input":\#(JSONGenerator.object(&random))}"#
    case 5: return #"{"type":"server_tool_use","id":"s\#(number)","name":"web_search","input":{}}"#
    default: return #"{"type":"compaction","content":\#(text),"encrypted_content":"e"}"#
    }
  }
}
