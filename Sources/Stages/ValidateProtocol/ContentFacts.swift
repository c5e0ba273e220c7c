import Pipeline

/// What the blocks of a message so far add up to: the ground of the rules that look beyond one block.
struct ContentFacts {
  /// A tool input that is no JSON object, and where its block ended.
  struct BrokenInput {
    var index: Int
    var event: Int
    var offset: Int
  }

  /// The number of blocks that have started: the next one's index.
  var started = 0
  var hasToolUse = false
  var hasWholeToolUse = false
  var hasThinking = false
  /// Something a user or a client can act on: text, a call, a result.
  var hasContent = false
  /// The answer says itself that another model took over (V43).
  var namesFallback = false
  /// V19 is decided when the stop_reason is known: the token limit excuses it.
  var brokenInput: BrokenInput?
  private var toolIDs: Set<String> = []
  private var serverToolIDs: Set<String> = []

  /// Takes in the start of a block, or a whole one, checking the fields both have (V15, V18, V20, V23, V42).
  mutating func admit(
    _ block: JSONFields, _ expectation: AnswerExpectation, _ findings: inout Findings
  ) throws(ProxyFailure) -> BlockType {
    guard let name = block.string("type"), !name.isEmpty else {
      throw findings.failure(.v15, "Content block \(started) has no type", code: .malformedEvent)
    }
    let type = BlockType(name: name)
    switch type {
    case .text: break
    case .thinking: hasThinking = true
    case .redactedThinking:
      hasThinking = true
      let data = block.string("data") ?? ""
      if data.isEmpty {
        findings.warn(.v23)
      } else {
        findings.passed(ThinkingFingerprint(.redactedData, data))
      }
    case .toolUse, .serverToolUse, .mcpToolUse: try admitTool(type, block, expectation, &findings)
    case .toolResult:
      hasContent = true
      if !serverToolIDs.contains(block.string("tool_use_id") ?? "") { findings.warn(.v42) }
    case .fallback: namesFallback = true
    case .compaction, .whole: hasContent = true
    case .unknown:
      hasContent = true
      findings.warn(.v15)
    }
    started += 1
    return type
  }

  private mutating func admitTool(
    _ type: BlockType, _ block: JSONFields, _ expectation: AnswerExpectation, _ findings: inout Findings
  ) throws(ProxyFailure) {
    hasContent = true
    guard let id = block.string("id"), !id.isEmpty, let name = block.string("name"), !name.isEmpty else {
      throw findings.failure(.v18, "The tool call in block \(started) lacks an id or a name")
    }
    guard toolIDs.insert(id).inserted else {
      throw findings.failure(.v18, "Two tool calls share the id \(id)")
    }
    guard type == .toolUse else {
      serverToolIDs.insert(id)
      return
    }
    hasToolUse = true
    if let declared = expectation.toolNames, !declared.contains(name) { findings.warn(.v20) }
  }

  /// The rules about the message as a whole, once its stop_reason is known (V29, V31).
  func checkStop(_ reason: String, hasStopDetails: Bool, _ findings: inout Findings) {
    if reason == "tool_use", !hasToolUse { findings.warn(.v29) }
    if reason == "refusal", !hasStopDetails { findings.warn(.v31) }
  }

  /// What the stop_reason should have been: a client does not run a tool call that ends a turn (V30).
  ///
  /// Anthropic's own endpoint is taken at its word.
  func mendedStop(_ reason: String, _ expectation: AnswerExpectation) -> String {
    let isMistaken = reason == "end_turn" || reason == "stop"
    return isMistaken && hasWholeToolUse && !expectation.isFirstParty ? "tool_use" : reason
  }

  /// Fails for an answer that has nothing in it and cost nothing (V39); warns of ones that help nobody (V40).
  func checkEmpty(
    stop reason: String, outputTokens: Int?, _ findings: inout Findings
  ) throws(ProxyFailure) {
    guard reason == "end_turn", !hasContent else { return }
    guard !hasThinking else { return findings.warn(.v40) }
    guard (outputTokens ?? 0) != 0 else {
      throw findings.failure(.v39, "The answer is empty and counts no output tokens", code: .emptyAnswer)
    }
    findings.warn(.v39)
  }
}
