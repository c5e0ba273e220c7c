import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct MessageValidatorTests {
  static func message(
    content: String = #"[{"type":"text","text":"hi"}]"#, stop: String = #""end_turn""#,
    usage: String = #"{"input_tokens":3,"output_tokens":2}"#, more: String = ""
  ) -> String {
    """
    { "id" : "msg_1","type":"message","role":"assistant","model":"\(AnthropicStream.model)",\
    "content":\(content),"stop_reason":\(stop),"stop_sequence":null,"usage":\(usage)\(more)}
    """
  }

  func check(
    _ text: String, _ expectation: AnswerExpectation = .forTesting
  ) throws(ProxyFailure) -> (message: Bytes, report: AnswerReport) {
    try MessageValidator.check(Bytes(utf8: text), expectation: expectation)
  }

  func failure(_ text: String, _ expectation: AnswerExpectation = .forTesting) -> ProxyFailure? {
    do throws(ProxyFailure) {
      _ = try check(text, expectation)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    #"[{"type":"text","text":"hi","citations":null}]"#,
    #"[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"x"}]"#,
    #"[{"type":"tool_use","id":"t","name":"Read","input":{}},{"type":"tool_use","id":"u","name":"Read","input":{"a":[1]}}]"#,
    #"[{"type":"redacted_thinking","data":"x"},{"type":"zzz"},{"type":"text","text":"x"}]"#,
  ])
  func `a whole message passes with its bytes untouched`(content: String) throws {
    let stop = content.contains("tool_use") ? #""tool_use""# : #""end_turn""#
    let text = Self.message(content: content, stop: stop)
    let (message, report) = try check(text)
    #expect(message.text == text)
    #expect(report.repairs == [:])
    #expect(report.model == AnthropicStream.model)
    #expect(report.messageID == "msg_1")
    #expect(report.stopReason == (content.contains("tool_use") ? "tool_use" : "end_turn"))
    #expect(report.usage == TokenUsage(input: 3, output: 2))
  }

  @Test func `puts the model's name back and changes no other byte`() throws {
    let text = Self.message()
    let expectation = AnswerExpectation(model: AnthropicStream.model, modelShownToClient: "claude-x")
    let (message, report) = try check(text, expectation)
    #expect(message.text == text.replacing(AnthropicStream.model, with: "claude-x"))
    #expect(report.repairs == [:])
  }

  // V1, V3
  @Test(arguments: [
    ("<html>", ProxyFailure.Code.wrongContentType, "V1"), ("\n <!DOCTYPE html>", .wrongContentType, "V1"),
    ("", .malformedEvent, "V3"), ("hello", .malformedEvent, "V3"), ("[]", .malformedEvent, "V3"),
    ("{}", .malformedEvent, "V3"), (#"{"type":"message"}"#, .malformedEvent, "V3"),
    (#"{"type":"completion","content":[]}"#, .malformedEvent, "V3"),
    (#"{"content":[]"#, .malformedEvent, "V3"),
    (#"{"object":"chat.completion","choices":[]}"#, .malformedEvent, "V3"),
  ])
  func `refuses what is no message`(text: String, code: ProxyFailure.Code, rule: String) {
    #expect(failure(text)?.code == code)
    #expect(failure(text)?.rule == rule)
  }

  // V4
  @Test func `refuses text that is not UTF-8 and strips a byte order mark`() throws {
    let body = Bytes(utf8: Self.message())
    #expect(throws: ProxyFailure.self) {
      try MessageValidator.check(body.dropLast() + [0xFF], expectation: .forTesting)
    }
    let (message, report) = try check("\u{FEFF}" + Self.message())
    #expect(message == body)
    #expect(report.repairs == ["V4": 1])
  }

  // V35, V36
  @Test(arguments: [
    (#"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#, "V35", 529),
    (#"{"error":{"message":"busy","code":1}}"#, "V36", 500), (#"{"error":"busy"}"#, "V36", 500),
  ])
  func `an error object inside a success is an error`(text: String, rule: String, status: Int) {
    let failure = failure(text)
    #expect(failure?.code == .errorEvent)
    #expect(failure?.rule == rule)
    #expect(failure?.httpStatus == status)
    #expect(failure?.upstreamBody?.text == text)
    #expect(failure?.detail.contains("busy") == true)
  }

  @Test(arguments: [
    ("V15", #"[{"text":"x"}]"#), ("V15", "[1]"), ("V17", #"[{"type":"text"}]"#),
    ("V17", #"[{"type":"text","text":null}]"#), ("V17", #"[{"type":"thinking","signature":"s"}]"#),
    ("V18", #"[{"type":"tool_use","id":"t","input":{}}]"#),
    ("V18", #"[{"type":"tool_use","id":"","name":"x","input":{}}]"#),
    ("V19", #"[{"type":"tool_use","id":"t","name":"x"}]"#),
    ("V19", #"[{"type":"tool_use","id":"t","name":"x","input":"{}"}]"#),
  ])
  func `refuses content a client cannot use`(rule: String, content: String) {
    #expect(failure(Self.message(content: content))?.rule == rule)
  }

  // V10, V11
  @Test func `fills in what clients need`() throws {
    let (message, report) = try check(
      #"{"content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"output_tokens":4}}"#)
    #expect(report.repairs == ["V10": 1, "V11": 1])
    let (again, second) = try check(message.text)
    #expect(again == message)
    #expect(second.repairs == [:])
    #expect(second.model == AnthropicStream.model)
    #expect(second.usage == TokenUsage(input: 0, output: 4))
  }

  // V21
  @Test func `unsigned thinking is a doubt, and a fault of Anthropic's own endpoint`() throws {
    let text = Self.message(
      content: #"[{"type":"thinking","thinking":"a","signature":""},{"type":"text","text":"x"}]"#)
    #expect(try check(text).report.warnings == ["V21": 1])
    var expectation = AnswerExpectation.forTesting
    expectation.isFirstParty = true
    #expect(failure(text, expectation)?.rule == "V21")
  }

  // V27
  @Test func `refuses a message without a stop reason`() {
    #expect(failure(Self.message(stop: "null"))?.rule == "V27")
  }

  // V30
  @Test func `corrects the stop reason of an answer that calls a tool`() throws {
    let text = Self.message(content: #"[{"type":"tool_use","id":"t","name":"x","input":{}}]"#)
    let (message, report) = try check(text)
    #expect(report.repairs == ["V30": 1])
    #expect(message.text.contains(#""stop_reason":"tool_use""#))
  }

  // V39
  @Test func `an empty message that cost nothing is none`() throws {
    let empty = Self.message(content: "[]", usage: #"{"input_tokens":1,"output_tokens":0}"#)
    #expect(failure(empty)?.code == .emptyAnswer)
    #expect(try check(Self.message(content: "[]")).report.warnings == ["V39": 1])
  }

  @Test func `the attempt gets the report`() throws {
    let attempt = Attempt.forTesting()
    let message = try attempt.checkMessage(Bytes(utf8: Self.message(stop: #""refusal""#)))
    #expect(message.text == Self.message(stop: #""refusal""#))
    #expect(attempt.report.stopReason == "refusal")
    #expect(attempt.report.warnings == ["V31": 1])
  }
}
