import Pipeline
import ProxyTesting
import Stages
import Testing

/// Bytes that no endpoint should send.
@Suite struct MalformedChunkTests {
  static let values = [
    "null", "true", "0", "-1.5e3", #""x""#, "[]", "[1]", "{}", #"{"x":{"y":[]}}"#, #"[[{}]]"#,
  ]

  /// Every place a chunk has, with a hole in it.
  static let places = [
    "HOLE", #"{"choices":HOLE}"#, #"{"choices":[HOLE]}"#,
    #"{"choices":[{"index":HOLE,"delta":{"content":"x"}}]}"#,
    #"{"choices":[{"delta":HOLE}]}"#, #"{"choices":[{"message":HOLE}]}"#,
    #"{"choices":[{"delta":{"content":HOLE}}]}"#, #"{"choices":[{"delta":{"content":[HOLE]}}]}"#,
    #"{"choices":[{"delta":{"content":[{"text":HOLE,"thinking":HOLE}]}}]}"#,
    #"{"choices":[{"delta":{"reasoning_content":HOLE}}]}"#, #"{"choices":[{"delta":{"reasoning":HOLE}}]}"#,
    #"{"choices":[{"delta":{"reasoning_details":HOLE}}]}"#, #"{"choices":[{"delta":{"refusal":HOLE}}]}"#,
    #"{"choices":[{"delta":{"tool_calls":HOLE}}]}"#, #"{"choices":[{"delta":{"tool_calls":[HOLE]}}]}"#,
    #"{"choices":[{"delta":{"tool_calls":[{"index":HOLE,"id":HOLE,"function":HOLE}]}}]}"#,
    #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":HOLE,"arguments":HOLE}}]}}]}"#,
    #"{"choices":[{"delta":{"tool_calls":[{"index":0,"extra_content":HOLE,"function":{"name":"A"}}]}}]}"#,
    #"{"choices":[{"delta":{"function_call":HOLE}}]}"#, #"{"choices":[{"delta":{},"finish_reason":HOLE}]}"#,
    #"{"choices":[{"delta":{},"usage":HOLE,"stop_reason":HOLE}]}"#, #"{"choices":[],"usage":HOLE}"#,
    #"{"choices":[],"usage":{"prompt_tokens":HOLE,"prompt_tokens_details":HOLE}}"#, #"{"x_groq":HOLE}"#,
    #"{"model":HOLE,"id":HOLE,"object":HOLE,"choices":[]}"#, #"{"error":HOLE}"#,
  ]

  @Test(arguments: places)
  func `a value of any kind anywhere is passed over or refused`(place: String) {
    for value in Self.values {
      let chunk = place.replacing("HOLE", with: value)
      for stream in [
        ChatStream().data(chunk).text("x").end(), ChatStream().text("x").data(chunk).end(),
        ChatStream().raw(chunk),
      ] {
        let translation = Translation(stream)
        expectHonest(translation, "\(chunk)")
      }
    }
  }

  @Test(arguments: ["content", "reasoning", "refusal"])
  func `content that is no text is a fault, not lost`(field: String) {
    expectRefusal(ChatStream().delta(#""\#(field)":5"#).end(), "Q18", .malformedEvent)
  }

  @Test func `a chunk of 10 MB passes`() {
    let text = String(repeating: "0123456789", count: 1_000_000)
    let translation = Translation(ChatStream().text(text).end())
    #expect(translation.failure == nil)
    #expect(translation.outcome.outputs.contains { $0.frame.count > 10_000_000 })
    let call = Translation(ChatStream().call(0, id: "a", name: "A", #"{"x":"\#(text)"}"#).end("tool_calls"))
    #expect(call.failure == nil)
  }

  @Test func `a frame beyond the limit is refused`() {
    let translation = Translation(Bytes("data: ".utf8) + Bytes(repeating: 0x78, count: ParseSSE.maximumFrame))
    #expect(translation.failure?.code == .eventTooLarge)
  }

  @Test func `more than the limit never waits`() {
    let text = String(repeating: "x", count: 9_000_000)
    var stream = ChatStream().call(0, id: "a", name: "A", "{")
    for _ in 0..<4 { stream = stream.text(text) }
    expectRefusal(stream, "Q7", .eventTooLarge, stage: "translate-openai")
  }

  @Test func `hundreds of calls are refused`() {
    var stream = ChatStream()
    for number in 0..<300 { stream = stream.call(number, id: "i\(number)", name: "A", "{}") }
    expectRefusal(stream, "Q7", .protocolViolation, stage: "translate-openai")
  }

  @Test func `invalid UTF-8 is refused`() {
    let frame =
      Bytes(#"data: {"choices":[{"delta":{"content":""#.utf8) + [0xC3, 0x28] + Bytes("\"}}]}\n\n".utf8)
    let failure = Translation(ChatStream().text("x").bytes + frame).failure
    #expect(failure?.rule == "V4" && failure?.code == .malformedEvent)
  }

  @Test(arguments: ["{", "{]", #"{"choices":[}"#, "nul", #"{"a":1}{"#, String(repeating: "[", count: 2000)])
  func `broken JSON is refused`(json: String) {
    expectRefusal(ChatStream().text("x").data(json), "Q23", .malformedEvent)
  }

  @Test(arguments: ["[1]", "hello", "5", #""x""#, "{}x", "{\"a\":1"])
  func `arguments that are no object are refused`(arguments: String) {
    expectRefusal(
      ChatStream().call(0, id: "a", name: "A", arguments).end("tool_calls"), "V19", .protocolViolation,
      stage: "translate-openai")
  }
}

/// Expects a valid message, or a failure that names a stage of the chain, and nothing in between.
func expectHonest(
  _ translation: Translation, _ what: @autoclosure () -> String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let failure = translation.failure {
    #expect(Translation.names.contains(failure.stage), "\(what())", sourceLocation: sourceLocation)
    #expect(
      failure.rule != nil || failure.code == .eventTooLarge, "\(what()): \(failure)",
      sourceLocation: sourceLocation)
    #expect(failure.stage != "validate-protocol", "\(what()): \(failure)", sourceLocation: sourceLocation)
  } else {
    let second = Validation(translation.output, AnswerExpectation(model: "m"))
    #expect(
      second.failure == nil && second.report.repairs == [:], "\(what())", sourceLocation: sourceLocation)
  }
}
