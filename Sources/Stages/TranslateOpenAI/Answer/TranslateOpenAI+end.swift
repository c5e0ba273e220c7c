import Pipeline

extension TranslateOpenAI {
  /// Ends the message, if the answer has an end (Q9, Q10).
  mutating func end(_ emit: Emit) throws(ProxyFailure) {
    try checkEnd()
    try settle(emit)
    guard !facts.hasEnded else { return }
    rememberLateDetails()
    let (reason, sequence) = stop()
    if message.blocks == 0, reason == "end_turn" {
      throw findings.failure(.content, "The answer is empty", code: .emptyAnswer)
    }
    warn(reason)
    try startMessage(emit)
    facts.hasEnded = true
    findings.attempt?.noteWhole()
    try message.stop(delta: delta(reason, sequence), usage: usage, emit)
  }

  /// Without a finish reason, only `[DONE]` or whole calls say that the answer is over.
  private mutating func checkEnd() throws(ProxyFailure) {
    guard facts.finish == nil else { return }
    guard facts.isDone || calls.areFinished else {
      let hasBegun = message.hasStarted || !waiting.isEmpty || facts.model != nil
      throw findings.failure(
        hasBegun ? .missingFinish : .noAnswer,
        hasBegun ? "The stream ends without a finish_reason" : "The stream ends before its first chunk",
        code: .truncated)
    }
    findings.repaired(.missingFinish)
  }

  mutating func startMessage(_ emit: Emit) throws(ProxyFailure) {
    guard !message.hasStarted else { return }
    try message.start(
      id: "msg_px_\(attemptID)", model: facts.model ?? expectation.model,
      inputTokens: translation.estimatedInputTokens, emit)
  }

  /// Details that came after their block had closed.
  func rememberLateDetails() {
    guard let signature = reasoning.signature, let kept = reasoning.toRemember else { return }
    memory?.remember(reasoningDetails: kept, for: signature)
  }

  // MARK: The stop_reason (translation.md §5.3)

  private mutating func stop() -> (reason: String, sequence: String?) {
    switch facts.finish {
    case .length: return ("max_tokens", nil)
    case .contextWindow: return ("model_context_window_exceeded", nil)
    case .refusal: return ("refusal", nil)
    case .stop, .toolCalls, .other, nil: break
    case .failed, .networkFailed, .overloaded: break
    }
    if facts.hasRefusal { return ("refusal", nil) }
    if facts.finish == .stop, let sequence = facts.stopSequence { return ("stop_sequence", sequence) }
    guard facts.calls > 0 else { return ("end_turn", nil) }
    if facts.finish == .stop { findings.repaired(.wrongFinish) }
    return ("tool_use", nil)
  }

  private mutating func warn(_ reason: String) {
    if facts.finish == .toolCalls, reason == "end_turn" { findings.warn(.wrongFinish) }
    if facts.finish == .other { findings.warn(.otherFinish) }
    if reason == "end_turn", facts.looksLikeLeakedCall { findings.warn(.leakedCall) }
    if facts.hasShortPrompt(estimate: translation.estimatedInputTokens) { findings.warn(.shortPrompt) }
  }

  private func delta(_ reason: String, _ sequence: String?) -> String {
    let details =
      reason == "refusal" ? #","stop_details":{"type":"refusal","category":null,"explanation":null}"# : ""
    return #""stop_reason":"\#(reason)","stop_sequence":\#(sequence?.jsonQuoted ?? "null")\#(details)"#
  }

  // MARK: Usage (translation.md §5.4)

  /// What the endpoint counted; what it did not count of the output is estimated.
  private var usage: String {
    var members: [String] = []
    if let usage = facts.usage, let input = usage.input {
      members.append(#""input_tokens":\#(input)"#)
      members.append(#""cache_read_input_tokens":\#(usage.cacheRead)"#)
      members.append(#""cache_creation_input_tokens":\#(usage.cacheCreation)"#)
    }
    members.append(#""output_tokens":\#(facts.usage?.completion ?? (message.size + 3) / 4)"#)
    if let reasoning = facts.usage?.reasoning {
      members.append(#""output_tokens_details":{"thinking_tokens":\#(reasoning)}"#)
    }
    return "{\(members.joined(separator: ","))}"
  }
}
