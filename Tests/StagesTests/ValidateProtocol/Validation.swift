import Pipeline
import ProxyTesting
import Stages
import Testing

/// What parser and validator make of a stream, and what they report.
struct Validation {
  let outcome: StageOutcome<MessageEvent>
  let report: AnswerReport

  init(_ bytes: Bytes, _ expectation: AnswerExpectation = .forTesting) {
    let attempt = Attempt.forTesting(expectation)
    outcome = Self.chain.prepared(for: attempt).outcome(of: [bytes])
    report = attempt.report
  }

  init(_ stream: AnthropicStream, _ expectation: AnswerExpectation = .forTesting) {
    self.init(stream.bytes, expectation)
  }

  static var chain: Chain<ParseSSE, ValidateProtocol> { Chain(ParseSSE(), ValidateProtocol(.anthropic)) }
  static let names: Set<StageName> = ["parse-sse", "validate-protocol"]

  var failure: ProxyFailure? { outcome.failure }
  var kinds: [MessageEvent.Kind] { outcome.outputs.map(\.kind) }
  /// The bytes that reach a client.
  var output: Bytes { Bytes(outcome.outputs.flatMap(\.frame)) }
  /// The data of the events that reach a client.
  var data: [String] { outcome.outputs.map { ServerSentEvent(frame: $0.frame).data.text } }
}

/// Expects exactly these repairs and no failure, and that a second validator has nothing left to mend.
@discardableResult
func expectRepairs(
  _ stream: AnthropicStream, _ repairs: [String: Int], _ expectation: AnswerExpectation = .forTesting,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Validation {
  let validation = Validation(stream, expectation)
  #expect(validation.failure == nil, sourceLocation: sourceLocation)
  #expect(validation.report.repairs == repairs, sourceLocation: sourceLocation)
  let second = Validation(validation.output, expectation)
  #expect(second.failure == nil, sourceLocation: sourceLocation)
  #expect(second.report.repairs == [:], sourceLocation: sourceLocation)
  #expect(second.output == validation.output, sourceLocation: sourceLocation)
  return validation
}

/// Expects exactly these warnings, and the stream to pass with its bytes untouched.
@discardableResult
func expectWarnings(
  _ stream: AnthropicStream, _ warnings: [String: Int], _ expectation: AnswerExpectation = .forTesting,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Validation {
  let validation = Validation(stream, expectation)
  #expect(validation.failure == nil, sourceLocation: sourceLocation)
  #expect(validation.report.warnings == warnings, sourceLocation: sourceLocation)
  #expect(validation.report.repairs == [:], sourceLocation: sourceLocation)
  #expect(validation.output == stream.bytes, sourceLocation: sourceLocation)
  return validation
}

/// Expects the stream to fail by `rule` at the `event`-th frame, and what came before to be emitted.
@discardableResult
func expectFault(
  _ stream: AnthropicStream, _ rule: String, event: Int, code: ProxyFailure.Code = .protocolViolation,
  _ expectation: AnswerExpectation = .forTesting, sourceLocation: SourceLocation = #_sourceLocation
) -> Validation {
  let validation = Validation(stream, expectation)
  let offset = stream.frames.prefix(event - 1).reduce(0) { $0 + $1.count }
  let place = "(event \(event), byte \(offset))."
  #expect(validation.failure?.rule == rule, sourceLocation: sourceLocation)
  #expect(validation.failure?.code == code, sourceLocation: sourceLocation)
  #expect(validation.failure?.stage == "validate-protocol", sourceLocation: sourceLocation)
  #expect(validation.failure?.origin == .upstream, sourceLocation: sourceLocation)
  #expect(
    validation.failure?.detail.hasSuffix(place) == true,
    "\(validation.failure?.detail ?? "no failure") should end in \(place)", sourceLocation: sourceLocation)
  return validation
}
