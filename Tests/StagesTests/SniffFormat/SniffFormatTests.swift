import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct SniffFormatTests {
  static let message = Bytes(
    utf8:
      #" {"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"text","text":"a"}],"#
      + #""stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"#)

  @Test(arguments: [
    AnthropicStream().text("a").stop().bytes, message, Bytes(utf8: "\n <html></html>"), Bytes(utf8: " \r\n"),
    [], Bytes(utf8: "{oops"), Bytes(utf8: #"{"type":"error","error":{"type":"api_error","message":"x"}}"#),
    Bytes(utf8: #"{"type":"message"}"#), Bytes(utf8: #"{"input_tokens":1}"#),
  ])
  func `holds the contract of a stage`(_ input: Bytes) throws {
    try expectStageContract(SniffFormat(), input: input)
  }

  @Test func `an event stream passes untouched`() {
    let stream = AnthropicStream().text("a").stop().bytes
    #expect(SniffFormat().outcome(of: [stream]).outputs == [stream])
  }

  @Test func `a message becomes events, counted as a repair of this stage`() {
    let attempt = Attempt.forTesting()
    let outcome = SniffFormat().prepared(for: attempt).outcome(of: [Self.message])
    #expect(outcome.failure == nil && outcome.outputs.first?.text.hasPrefix("event: message_start\n") == true)
    #expect(attempt.report.repairs == ["V1": 1] && attempt.repairs == [SniffFormat.name: 1])
  }

  @Test(arguments: [
    (#"{"type":"error","error":{"type":"overloaded_error","message":""}}"#, ProxyFailure.Code.errorEvent),
    ("{oops", .malformedEvent), ("<html>", .wrongContentType),
  ])
  func `its failures name it`(_ text: String, _ code: ProxyFailure.Code) {
    let failure = SniffFormat().outcome(of: [Bytes(utf8: text)]).failure
    #expect(failure?.code == code && failure?.stage == SniffFormat.name)
  }
}
