import Pipeline

extension ValidateProtocol {
  // MARK: message_start

  mutating func receiveMessageStart(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    guard phase == .unstarted else { throw findings.failure(.v8, "A second message_start") }
    var fields = try object(event.data)
    guard let message = fields.object("message") else {
      throw findings.failure(.v9, "A message_start has no message", code: .malformedEvent)
    }
    var head = MessageHead(message, expectation)
    let prefilled = try takeContent(of: &head)
    isOtherModel = head.mend(&findings)
    var event = event
    if head.isChanged {
      if let model = head.modelToShow { head.fields["model"] = model }
      fields["message"] = head.fields.text
      event.rewrite(fields.text)
    } else if let model = head.modelToShow, let range = message["model"]?.indices {
      event.splice(range, model)
    }
    phase = .between
    noteEvents()
    try emit(event.passed(as: .messageStart))
    try replay(prefilled, emit)
  }

  /// Clients count blocks from the start's content, so it must be empty; what it holds follows as blocks (V9).
  private mutating func takeContent(of head: inout MessageHead) throws(ProxyFailure) -> [Bytes] {
    switch head.fields.kind("content") {
    case .array:
      let blocks = head.fields.array("content") ?? []
      if blocks.isEmpty { return [] }
      head.set("content", "[]")
      findings.repaired(.v9)
      return blocks
    case nil, .null:
      head.set("content", "[]")
      findings.repaired(.v9)
      return []
    case .object, .string, .number, .boolean:
      throw findings.failure(.v9, "The content of message_start is not a list", code: .malformedEvent)
    }
  }

  private mutating func replay(_ blocks: [Bytes], _ emit: Emit) throws(ProxyFailure) {
    for block in blocks {
      guard let block = try? JSONFields(block) else {
        throw findings.failure(.v15, "A content block is not an object", code: .malformedEvent)
      }
      for event in MessageReplay.events(ofBlock: block, index: content.started) {
        try handle(try ours(event), emit)
      }
    }
    order.releaseAll()
  }

  // MARK: message_delta

  mutating func receiveMessageDelta(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    if phase == .unstarted { throw misplaced("message_delta") }
    var fields = try object(event.data)
    var delta = fields.object("delta") ?? JSONFields()
    var usage = fields.object("usage") ?? JSONFields()
    let given = try stopReason(in: delta)
    try closeOpenBlocks(before: given, emit)
    var isMended = mendStop(&delta, given)
    if let given { try settle(given, delta, outputTokens: usage.integer("output_tokens")) }
    if usage["iterations"] != nil { isOtherModel = false }
    note(TokenUsage(usage))
    isMended = mendFields(of: fields, &delta, &usage) || isMended
    var event = event
    if isMended {
      fields["delta"] = delta.text
      fields["usage"] = usage.text
      event.rewrite(fields.text)
    }
    try emit(event.passed(as: .messageDelta(stops: stopReason != nil)))
  }

  private func stopReason(in delta: JSONFields) throws(ProxyFailure) -> String? {
    switch delta.kind("stop_reason") {
    case .string: return delta.string("stop_reason")
    case nil, .null: return nil
    case .object, .array, .number, .boolean:
      throw findings.failure(.v27, "A stop_reason is not a string", code: .malformedEvent)
    }
  }

  /// Keeps the stop_reason that was there before (V27), or corrects it (V30); takes over the result.
  private mutating func mendStop(_ delta: inout JSONFields, _ given: String?) -> Bool {
    guard let given else {
      guard let kept = stopReason else { return false }
      delta.set("stop_reason", kept.jsonQuoted)
      findings.repaired(.v27)
      return true
    }
    let mended = content.mendedStop(given, expectation)
    stopReason = mended
    phase = .stopped
    guard mended != given else { return false }
    delta.set("stop_reason", mended.jsonQuoted)
    findings.repaired(.v30)
    return true
  }

  /// Decides what waited for the stop_reason.
  private mutating func settle(
    _ given: String, _ delta: JSONFields, outputTokens: Int?
  ) throws(ProxyFailure) {
    if let broken = content.brokenInput {
      guard excusesBrokenInput(given) else {
        findings.event = broken.event
        findings.offset = broken.offset
        throw findings.failure(
          .v19, "The input of the tool call in block \(broken.index) is not one JSON object")
      }
      findings.warn(.v19)
      content.brokenInput = nil
    }
    try content.checkEmpty(stop: given, outputTokens: outputTokens, &findings)
    let reason = stopReason ?? given
    content.checkStop(reason, hasStopDetails: delta.kind("stop_details") == .object, &findings)
    findings.note { $0.stopReason = reason }
  }

  /// Tool input may end anywhere when the tokens ran out, or when the request asked for unchecked input.
  func excusesBrokenInput(_ reason: String?) -> Bool {
    expectation.allowsInvalidToolInput || reason == "max_tokens" || reason == "model_context_window_exceeded"
  }

  private mutating func note(_ counts: TokenUsage) {
    if counts.isBelow(usage) { findings.warn(.v28) }
    usage.update(counts)
    findings.note { $0.usage.update(counts) }
    noteEvents()
  }

  /// Fills in what clients cannot do without (V26).
  private mutating func mendFields(
    of fields: JSONFields, _ delta: inout JSONFields, _ usage: inout JSONFields
  ) -> Bool {
    let lacksDelta = fields.kind("delta") != .object
    let lacksCount = usage.integer("output_tokens") == nil
    guard lacksCount || lacksDelta else { return false }
    if lacksCount { usage.set("output_tokens", "\(findings.report.usage.output ?? 0)") }
    if lacksDelta, stopReason == nil { delta.set("stop_reason", "null") }
    findings.repaired(.v26)
    return true
  }

  // MARK: message_stop

  mutating func receiveMessageStop(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    switch phase {
    case .unstarted: throw misplaced("message_stop")
    case .between, .inBlock:
      throw findings.failure(.v27, "The message ends without a stop_reason", code: .truncated)
    case .stopped:
      if isOtherModel, !content.namesFallback { findings.warn(.v43) }
      phase = .ended
      noteEvents()
      findings.attempt?.noteWhole()
      try emit(event.passed(as: .messageStop))
    case .ended: break
    }
  }
}
