import Pipeline
import ProxyTesting
import Stages
import Testing

/// Errors inside a success, and other things that are no answer: Q20–Q24, Q42, Q46.
@Suite struct ErrorQuirkTests {
  @Test func `Q20 comments become pings`() {
    expectTranslation(
      ChatStream().raw(": OPENROUTER PROCESSING\n\n").text("x").raw(": keep-alive\n\n").end(),
      ["ping", "text 0", "+x", "ping", "stop 0", "end_turn"])
  }

  @Test func `Q46 blank lines before the first token say nothing`() {
    expectTranslation(
      ChatStream().raw("\n").raw("\r\n\n").text("x").end(), ["text 0", "+x", "stop 0", "end_turn"])
  }

  @Test(arguments: [
    (#"{"code":429,"message":"slow down"}"#, 429, "rate_limit_error"),
    (#"{"code":"502","message":"gone"}"#, 529, "overloaded_error"),
    (#"{"type":"rate_limit_exceeded","message":"x"}"#, 429, "rate_limit_error"),
    (#"{"code":"insufficient_quota","message":"x"}"#, 429, "rate_limit_error"),
    (#"{"code":500,"message":"Model is overloaded"}"#, 529, "overloaded_error"),
    (#"{"code":500,"message":"x"}"#, 500, "api_error"), (#"{"message":"x"}"#, 500, "api_error"),
    (#"{"code":422,"message":"x"}"#, 400, "invalid_request_error"),
    (#"{"type":"invalid_request_error","message":"x"}"#, 400, "invalid_request_error"),
    (#"{"code":408,"message":"x"}"#, 408, "timeout_error"),
    (#"{"code":402,"message":"x"}"#, 402, "billing_error"),
    (#"{"code":404,"message":"x"}"#, 404, "not_found_error"),
    (#"{"code":413,"message":"x"}"#, 413, "request_too_large"),
    (#""just words""#, 500, "api_error"),
  ])
  func `Q21 an error frame is the error that Anthropic would give`(
    error: String, status: Int, type: String
  ) throws {
    let translation = expectRefusal(ChatStream().data(#"{"error":\#(error)}"#), "Q21", .errorEvent)
    #expect(translation.failure?.httpStatus == status)
    let body = try #require(translation.failure?.upstreamBody?.text)
    #expect(body.hasPrefix(#"{"type":"error","error":{"type":"\#(type)","message":"upstream: "#))
  }

  @Test(arguments: [401, 403])
  func `a key of ours that is refused does not log the user out`(status: Int) {
    let translation = expectRefusal(
      ChatStream().data(#"{"error":{"code":\#(status),"message":"bad key"}}"#), "Q21", .errorEvent)
    #expect(translation.failure?.httpStatus == 502)
    #expect(translation.failure?.upstreamBody?.text.contains("api_error") == true)
  }

  @Test(arguments: ["null", "false", #""""#, "{}", "0"])
  func `Q21 an error field that says nothing is none`(error: String) {
    expectTranslation(
      ChatStream().choice(#""delta":{"content":"x"}"#, #","error":\#(error)"#).end(),
      ["text 0", "+x", "stop 0", "end_turn"])
  }

  @Test func `Q21 an error event by name is an error whatever its data`() {
    expectRefusal(ChatStream().raw("event: error\ndata: {\"message\":\"x\"}\n\n"), "Q21", .errorEvent)
    expectRefusal(ChatStream().raw("event: error\ndata: oops\n\n"), "Q21", .errorEvent)
  }

  @Test(arguments: [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    "request (5000 tokens) exceeds the available context size (4096 tokens)",
    "The input token count (5000) exceeds the maximum number of tokens allowed (4096).",
  ])
  func `a prompt that is too long is said so that the client shortens it`(message: String) {
    let error = ChatError(Bytes(utf8: #"{"error":{"message":\#(message.jsonQuoted)}}"#))
    #expect(error.httpStatus == 400)
    #expect(error.message == "prompt is too long: 5000 tokens > 4096 maximum")
  }

  @Test func `a prompt that is too long by its code alone is, too`() {
    let error = ChatError(
      Bytes(utf8: #"{"error":{"code":"context_length_exceeded","message":"too much"}}"#), status: 400)
    #expect(error.message == "prompt is too long: too much")
  }

  @Test func `the status of an HTTP error counts before its words`() {
    #expect(ChatError(Bytes(utf8: #"{"error":{"code":"x","message":"y"}}"#), status: 429).httpStatus == 429)
    #expect(ChatError(Bytes(utf8: "not JSON"), status: 503).httpStatus == 529)
    #expect(ChatError(Bytes(utf8: #"{"detail":"nope"}"#), status: 404).message == "upstream: nope")
  }

  @Test func `Q22 an error as the name of a field is an error`() {
    let translation = expectRefusal(
      ChatStream().text("x").raw("error: {\"code\":500,\"message\":\"boom\"}\n\n"), "Q22", .errorEvent)
    #expect(translation.failure?.detail.contains("boom") == true)
    expectTranslation(
      ChatStream().text("x").raw("error: words\n\n").end(), ["text 0", "+x", "stop 0", "end_turn"])
  }

  @Test(arguments: [#"{"error":{"message":"x","code":429}}"#, #"[{"error":{"message":"x","code":429}}]"#])
  func `Q23 Q24 an error body in place of a stream is an error`(body: String) {
    let translation = Translation(Bytes(utf8: body))
    #expect(translation.failure?.code == .errorEvent && translation.failure?.httpStatus == 429)
    #expect(translation.failure?.rule == (body.hasPrefix("[") ? "Q24" : "Q21"))
  }

  @Test func `Q23 a web page is no answer`() {
    let failure = Translation(Bytes(utf8: "\n<html>down</html>")).failure
    #expect(failure?.code == .wrongContentType)
  }

  @Test(arguments: ["", "\n\n", "upstream connect error", "{\"id\":1}", "[1,2]", "{\"choices\":[]}"])
  func `Q23 what is no answer is a failure`(body: String) {
    let translation = Translation(Bytes(utf8: body))
    #expect(translation.failure?.rule == "Q23")
    #expect(translation.events == [])
  }

  @Test func `Q24 an error in a list is an error`() {
    let translation = expectRefusal(
      ChatStream().data(#"[{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]"#), "Q24",
      .errorEvent)
    #expect(translation.failure?.httpStatus == 529)
  }

  @Test func `Q42 a call that the provider could not read is asked for again`() {
    let error =
      #"{"error":{"message":"Failed to call a function","code":"tool_use_failed","failed_generation":"{"}}"#
    let translation = expectRefusal(ChatStream().data(error), "Q42", .protocolViolation)
    #expect(translation.failure?.failureClass == .brokenAnswer)
    #expect(ChatError(Bytes(utf8: error), status: 400).isUnreadableCall)
  }

  @Test func `a failure says the number and the byte of its event`() {
    let first = ChatStream().text("x")
    let translation = Translation(first.data("{oops}"))
    #expect(translation.failure?.detail.hasSuffix("(event 2, byte \(first.bytes.count)).") == true)
  }
}
