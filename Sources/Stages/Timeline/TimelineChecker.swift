import Pipeline

/// Holds the events of a stored answer to their protocol once more, with fresh stages.
struct TimelineChecker {
  private let dialect: EventTimeline.Dialect
  private var parser = ParseSSE()
  private var validator = ValidateProtocol(.anthropic)
  private var chunkValidator = ValidateChunk()
  /// The answer is none of events: there is nothing to check here.
  private var isOver = false

  init(_ dialect: EventTimeline.Dialect, _ expectation: AnswerExpectation) {
    self.dialect = dialect
    validator.expectation = expectation
  }

  /// The fault of the next frame; the frame after a fault is not to be checked.
  mutating func check(_ frame: TimelineFrames.Frame) -> EventTimeline.Violation? {
    guard frame.isEventStream else {
      isOver = true
      return nil
    }
    do throws(ProxyFailure) {
      // What lacks its blank line is judged at the end.
      if frame.isPartial, dialect == .anthropic {
        try parser.receive(frame.event.frame) { (_) throws(ProxyFailure) in }
        return nil
      }
      switch dialect {
      case .anthropic: try checkEvent(frame.event)
      case .openAI: try chunkValidator.receive(frame.event) { (_) throws(ProxyFailure) in }
      }
      return nil
    } catch {
      return EventTimeline.Violation(error)
    }
  }

  /// What is missing at the end.
  mutating func finish() -> EventTimeline.Violation? {
    guard !isOver else { return nil }
    do throws(ProxyFailure) {
      switch dialect {
      case .anthropic:
        try parser.finish { (_) throws(ProxyFailure) in }
        try validator.finish { (_) throws(ProxyFailure) in }
      case .openAI: try chunkValidator.finish { (_) throws(ProxyFailure) in }
      }
      return nil
    } catch {
      return EventTimeline.Violation(error)
    }
  }

  /// The parser sees to the bytes, the validator to the rest; offsets are those of the answer.
  private mutating func checkEvent(_ event: ServerSentEvent) throws(ProxyFailure) {
    try parser.receive(event.frame) { (_) throws(ProxyFailure) in }
    // A frame that ends in CR waits in the parser for an LF; the validator need not.
    try validator.receive(event) { (_) throws(ProxyFailure) in }
  }
}

extension EventTimeline.Violation {
  init(_ failure: ProxyFailure) { self.init(rule: failure.rule, detail: failure.detail) }
}
