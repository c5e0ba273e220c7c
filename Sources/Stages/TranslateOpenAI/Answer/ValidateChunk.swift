package import Pipeline

/// Holds the chunks of an OpenAI-compatible endpoint to their grammar, with the tolerance that providers need.
///
/// What leaves it is well-formed: known fields have their kinds, no content follows a finish reason, nothing
/// follows `[DONE]`, errors have become failures. What the pieces add up to is the translator's to judge.
///
/// Throws `.malformedEvent` and `.protocolViolation` with the quirk's id as rule, `.errorEvent` for an error in
/// any of its forms (Q11–Q13, Q21–Q24) with its translation as `upstreamBody`, `.truncated` for a last frame
/// that is cut (Q10).
package struct ValidateChunk: Stage {
  package static let name: StageName = "validate-openai"

  private enum Phase {
    /// No finish reason so far.
    case running
    case finished
    /// `[DONE]`, or a whole answer, has passed.
    case done
  }

  private var findings = Findings(stage: name)
  private var phase = Phase.running
  /// Kept for its storage.
  private var chunk = ChatChunk()

  package init() {}

  package func prepared(for attempt: Attempt) -> ValidateChunk {
    var validator = self
    validator.findings.attempt = attempt
    return validator
  }

  package mutating func receive(
    _ event: ServerSentEvent, _ emit: (AnswerFrame) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    findings.event += 1
    findings.offset = event.offset
    guard phase != .done else { return }
    if event.data.isEmpty { return try receiveBare(event, emit) }
    if event.data.starts(with: Self.doneMark) {
      phase = .done
      return try emit(.done)
    }
    guard try read(event) else { return }
    try check(event)
    chunk.event = findings.event
    chunk.offset = findings.offset
    if chunk.finish != nil { phase = .finished }
    try emit(.chunk(chunk))
    guard chunk.isWhole else { return }
    phase = .done
    try emit(.done)
  }

  /// Clients stop at anything that begins so.
  private static let doneMark = Array("[DONE]".utf8)

  /// A frame without data: a comment, blank lines before the first token (Q46), or an `error` field (Q22).
  private func receiveBare(
    _ event: ServerSentEvent, _ emit: (AnswerFrame) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    if let error = event.errorField { throw ChatError(error).failure(.errorField, findings) }
    let isComment = event.frame.first { $0 > 0x20 } == UInt8(ascii: ":") || !event.name.isEmpty
    if isComment, !event.isUnterminated { try emit(.comment) }
  }

  /// Returns false for what may be ignored: the cut rest of an answer that has already finished.
  private mutating func read(_ event: ServerSentEvent) throws(ProxyFailure) -> Bool {
    do throws(JSONError) {
      try chunk.read(event.data)
      return true
    } catch {
      if event.name.equals("error") { throw ChatError(event.data).failure(.errorFrame, findings) }
      guard event.isUnterminated else {
        throw findings.failure(.noAnswer, "The data of an event is no JSON: \(error)", code: .malformedEvent)
      }
      guard phase == .finished else {
        throw findings.failure(.openEnd, "The stream ends within an event", code: .truncated)
      }
      findings.warn(.openEnd)
      return false
    }
  }

  private func check(_ event: ServerSentEvent) throws(ProxyFailure) {
    if chunk.hasError || event.name.equals("error") {
      throw ChatError(event.data).failure(chunk.isList ? .errorList : .errorFrame, findings)
    }
    if chunk.isList {
      throw findings.failure(.noAnswer, "The data of an event is a list", code: .malformedEvent)
    }
    if let fault = chunk.fault {
      throw findings.failure(fault.quirk, fault.what, code: .malformedEvent)
    }
    if phase == .finished, chunk.pieces.contains(where: \.isContent) {
      throw findings.failure(.contentAfterFinish, "Content follows the finish_reason")
    }
    try checkFinish()
  }

  /// An answer that the endpoint itself calls failed is partial, whatever came of it.
  private func checkFinish() throws(ProxyFailure) {
    let (quirk, status): (Quirk, Int)
    switch chunk.finish {
    case .failed: (quirk, status) = (.otherFinish, 500)
    case .networkFailed: (quirk, status) = (.networkFinish, 502)
    case .overloaded: (quirk, status) = (.overloadedFinish, 503)
    case .stop, .toolCalls, .length, .refusal, .contextWindow, .other, nil: return
    }
    throw ChatError(Bytes(utf8: "the answer failed"), status: status).failure(quirk, findings)
  }
}

extension ChatChunk.Piece {
  /// Encrypted reasoning may still follow a finish reason (Q16).
  fileprivate var isContent: Bool {
    switch self {
    case .reasoningDetails: false
    case .reasoning, .text, .refusal, .call: true
    }
  }
}

extension ServerSentEvent {
  /// The frame lacks its blank line: the stream ended there.
  fileprivate var isUnterminated: Bool {
    guard let last = frame.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") else { return true }
    let rest = frame.dropLast(
      last == UInt8(ascii: "\n") && frame.dropLast().last == UInt8(ascii: "\r") ? 2 : 1)
    return rest.last != UInt8(ascii: "\n") && rest.last != UInt8(ascii: "\r")
  }

  /// The JSON of a field named `error`, which is none of the protocol's (Q22).
  fileprivate var errorField: Bytes? {
    for line in frame.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    where line.starts(with: "error:".utf8) {
      let value = line.dropFirst(6).drop { $0 <= 0x20 }
      if (try? JSONFields(value)) != nil { return value }
    }
    return nil
  }
}
