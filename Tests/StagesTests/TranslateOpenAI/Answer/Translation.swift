import Foundation
import Pipeline
import ProxyTesting
import Stages
import Synchronization
import Testing

/// What the whole chain makes of an answer of an OpenAI-compatible endpoint.
struct Translation {
  let outcome: StageOutcome<MessageEvent>
  let report: AnswerReport
  let memory = TestMemory()

  init(
    _ bytes: Bytes, estimate: Int = 0, isStreamed: Bool = true,
    change: (inout AnswerTranslation) -> Void = { _ in },
    expect: (inout AnswerExpectation) -> Void = { _ in }
  ) {
    let attempt = Self.attempt(estimate: estimate, isStreamed: isStreamed, change: change, expect: expect)
    outcome = Self.chain(memory).prepared(for: attempt).outcome(of: [bytes])
    report = attempt.report
  }

  init(
    _ stream: ChatStream, estimate: Int = 0, change: (inout AnswerTranslation) -> Void = { _ in },
    expect: (inout AnswerExpectation) -> Void = { _ in }
  ) {
    self.init(stream.bytes, estimate: estimate, change: change, expect: expect)
  }

  static func attempt(
    estimate: Int = 0, isStreamed: Bool = true, change: (inout AnswerTranslation) -> Void = { _ in },
    expect: (inout AnswerExpectation) -> Void = { _ in }
  ) -> Attempt {
    var translation = AnswerTranslation(route: "test")
    translation.estimatedInputTokens = estimate
    change(&translation)
    var expectation = AnswerExpectation(model: "m", isStreamed: isStreamed)
    expectation.translation = translation
    expect(&expectation)
    return .forTesting(expectation)
  }

  typealias Translating = Detour<ValidateChunk, TranslateOpenAI>
  typealias Whole = Chain<SniffFormat, Chain<ParseSSE, Chain<Translating, ValidateProtocol>>>

  static func chain(_ memory: (any AnswerRemembering)? = nil) -> Whole {
    Chain(
      SniffFormat(), Chain(ParseSSE(), Chain(translating(memory), ValidateProtocol(.anthropic))))
  }

  static func translating(_ memory: (any AnswerRemembering)? = nil) -> Translating {
    Detour(
      when: { $0.expectation.translation != nil }, ValidateChunk(), then: TranslateOpenAI(memory: memory))
  }

  static let names: Set<StageName> = [
    "sniff-format", "parse-sse", "validate-openai", "translate-openai", "validate-protocol",
  ]

  var failure: ProxyFailure? { outcome.failure }
  var output: Bytes { Bytes(outcome.outputs.flatMap(\.frame)) }

  /// The events in the notation of the worked examples: name, then the data without its type.
  var events: [String] {
    outcome.outputs.map { output in
      let event = ServerSentEvent(frame: output.frame)
      let name = event.name.text
      let data = event.data.text.replacing(#""type":"\#(name)","#, with: "", maxReplacements: 1)
      return name == "message_stop" || name == "ping" ? name : "\(name) \(data)"
    }
  }

  /// The events in short: `text 0`, `+Hello`, `stop 0`, `end_turn`; message_start and message_stop left out.
  var summary: [String] {
    outcome.outputs.compactMap { output in
      let data = Data(ServerSentEvent(frame: output.frame).data)
      let event = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
      return Self.line(event)
    }
  }

  private static func line(_ event: [String: Any]) -> String? {
    let index = event["index"] as? Int ?? -1
    let block = event["content_block"] as? [String: Any] ?? [:]
    let delta = event["delta"] as? [String: Any] ?? [:]
    switch event["type"] as? String {
    case "content_block_start":
      let words = [block["type"], index, block["name"], block["id"]].compactMap { $0.map { "\($0)" } }
      return words.joined(separator: " ")
    case "content_block_delta":
      if let signature = delta["signature"] { return "signature \(signature)" }
      let text = (delta["text"] ?? delta["thinking"] ?? delta["partial_json"]) as? String
      return "+" + (text ?? "?")
    case "content_block_stop": return "stop \(index)"
    case "message_delta":
      let sequence = (delta["stop_sequence"] as? String).map { " \($0)" } ?? ""
      return "\(delta["stop_reason"] ?? "null")" + sequence
    case "ping": return "ping"
    default: return nil
    }
  }

  /// The usage of the message_delta.
  var usage: String? {
    events.last { $0.hasPrefix("message_delta") }?.split(separator: #""usage":"#).last.map {
      String($0.dropLast())
    }
  }

  /// All text, or all input, of the answer.
  var joined: String {
    summary.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }.joined()
  }
}

/// Remembers what it is told.
final class TestMemory: AnswerRemembering {
  private let state = Mutex((calls: [String: RememberedToolCall](), details: [String: String]()))

  var calls: [String: RememberedToolCall] { state.withLock { $0.calls } }
  var details: [String: String] { state.withLock { $0.details } }

  func remember(toolCall: RememberedToolCall, as id: String) {
    state.withLock { $0.calls[id] = toolCall }
  }

  func remember(reasoningDetails: Bytes, for signature: String) {
    state.withLock { $0.details[signature] = reasoningDetails.text }
  }
}

/// Expects the answer to come out so, without a failure, and a second validator to find nothing to mend.
@discardableResult
func expectTranslation(
  _ stream: ChatStream, _ summary: [String], repairs: [String: Int] = [:], warnings: [String: Int]? = nil,
  change: (inout AnswerTranslation) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
) -> Translation {
  let translation = Translation(stream, change: change)
  #expect(translation.failure == nil, sourceLocation: sourceLocation)
  #expect(translation.summary == summary, sourceLocation: sourceLocation)
  #expect(translation.report.repairs == repairs, sourceLocation: sourceLocation)
  if let warnings { #expect(translation.report.warnings == warnings, sourceLocation: sourceLocation) }
  let second = Validation(translation.output, AnswerExpectation(model: "m"))
  #expect(second.failure == nil && second.report.repairs == [:], sourceLocation: sourceLocation)
  #expect(second.output == translation.output, sourceLocation: sourceLocation)
  expectSameForCuts(stream.bytes, translation, change: change, sourceLocation: sourceLocation)
  return translation
}

/// Expects the same output, or failure, for single bytes and for some cuts; the worked examples try them all.
func expectSameForCuts(
  _ bytes: Bytes, _ whole: Translation, change: (inout AnswerTranslation) -> Void,
  sourceLocation: SourceLocation
) {
  let cuts = stride(from: 1, to: bytes.count, by: 41).map { [bytes.prefix($0), bytes.dropFirst($0)] }
  for cut in cuts + [bytes.map { [$0] }] {
    let outcome = Translation.chain().prepared(for: Translation.attempt(change: change)).outcome(of: cut)
    #expect(
      outcome.isSame(as: whole.outcome), "cut into \(cut.prefix(2).map(\.count))",
      sourceLocation: sourceLocation)
  }
}

/// Expects the answer to fail by this rule.
@discardableResult
func expectRefusal(
  _ stream: ChatStream, _ rule: String, _ code: ProxyFailure.Code, stage: StageName = "validate-openai",
  change: (inout AnswerTranslation) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
) -> Translation {
  let translation = Translation(stream, change: change)
  #expect(translation.failure?.rule == rule, sourceLocation: sourceLocation)
  #expect(translation.failure?.code == code, sourceLocation: sourceLocation)
  #expect(translation.failure?.stage == stage, sourceLocation: sourceLocation)
  if stream.bytes.count < 10_000 {
    expectSameForCuts(stream.bytes, translation, change: change, sourceLocation: sourceLocation)
  }
  return translation
}
