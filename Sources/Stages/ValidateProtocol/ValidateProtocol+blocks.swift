import Pipeline

extension ValidateProtocol {
  // MARK: Starts

  mutating func receiveBlockStart(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    switch phase {
    case .between: try open(event, source: try claim(event), emit)
    case .inBlock:
      let source = try claim(event)
      findings.repaired(.v13)
      try order.hold(event, of: source, findings)
    case .unstarted, .stopped, .ended: throw misplaced("content_block_start")
    }
  }

  private mutating func claim(_ event: IncomingEvent) throws(ProxyFailure) -> Int {
    guard let source = event.fields.index else {
      throw findings.failure(.v12, "A content_block_start has no index", code: .malformedEvent)
    }
    guard order.claim(source) else {
      throw findings.failure(.v12, "Two content blocks share the index \(source)")
    }
    return source
  }

  private mutating func open(
    _ event: IncomingEvent, source: Int, _ emit: Emit
  ) throws(ProxyFailure) {
    var fields = try object(event.data)
    guard var start = fields.object("content_block") else {
      throw findings.failure(.v15, "A content_block_start has no content_block", code: .malformedEvent)
    }
    let index = content.started
    let type = try content.admit(start, expectation, &findings)
    block = OpenBlock(type, source: source, index: index, start: start)
    phase = .inBlock
    var event = event
    let isMended = try mendStart(&start, type)
    if isMended || source != index {
      if source != index { findings.repaired(.v12) }
      fields["content_block"] = start.text
      fields.set("index", "\(index)")
      event.rewrite(fields.text)
    }
    try emit(event.passed(as: .blockStart(index: index, block: type.kind)))
  }

  /// Clients append to what the start carries, so it must be a string (V17).
  private mutating func mendStart(
    _ start: inout JSONFields, _ type: BlockType
  ) throws(ProxyFailure) -> Bool {
    var isMended = false
    let payloads: [String] =
      switch type {
      case .text: ["text"]
      case .thinking: ["thinking", "signature"]
      case .redactedThinking, .toolUse, .serverToolUse, .mcpToolUse, .toolResult, .compaction, .fallback,
        .whole,
        .unknown:
        []
      }
    for key in payloads {
      switch start.kind(key) {
      case .string: break
      case nil where key == "signature": break
      case nil, .null:
        start.set(key, "\"\"")
        isMended = true
      case .object, .array, .number, .boolean:
        throw findings.failure(.v17, "The \(key) of a content block is not a string", code: .malformedEvent)
      }
    }
    if isMended { findings.repaired(.v17) }
    return isMended
  }

  // MARK: Deltas

  mutating func receiveDelta(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    switch phase {
    case .inBlock where event.fields.index == block.source:
      let contribution = try block.receive(event.fields.delta, of: event.data, &findings)
      guard contribution != .invalid else { return }
      let kind = MessageEvent.Kind.blockDelta(index: block.index, isEmpty: contribution == .empty)
      try emit((block.source == block.index ? event : try renumbered(event)).passed(as: kind))
    case .inBlock, .between:
      guard let source = event.fields.index, order.isWaiting(source) else {
        throw findings.failure(
          .v14, "A delta names no open block: \(event.fields.index.map(String.init) ?? "none")")
      }
      try order.hold(event, of: source, findings)
    case .unstarted, .stopped, .ended: throw misplaced("content_block_delta")
    }
  }

  private func renumbered(_ event: IncomingEvent) throws(ProxyFailure) -> IncomingEvent {
    var fields = try object(event.data)
    fields.set("index", "\(block.index)")
    var event = event
    event.rewrite(fields.text)
    return event
  }

  // MARK: Stops

  mutating func receiveBlockStop(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    switch phase {
    case .inBlock where event.fields.index == block.source: try close(event, emit)
    case .inBlock, .between:
      if let source = event.fields.index, order.isWaiting(source) {
        try order.hold(event, of: source, findings)
      } else {
        findings.repaired(.v14)
      }
    case .unstarted, .stopped, .ended: throw misplaced("content_block_stop")
    }
  }

  private mutating func close(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    let isComplete = block.hasWholeInput
    try checkEnd(isComplete: isComplete)
    phase = .between
    let stop = block.source == block.index ? event : try renumbered(event)
    try emit(stop.passed(as: .blockStop(index: block.index, isComplete: isComplete)))
  }

  private mutating func checkEnd(isComplete: Bool) throws(ProxyFailure) {
    switch block.type {
    case .text:
      if block.hasText { content.hasContent = true } else { findings.warn(.v41) }
    case .thinking:
      if let signature = block.signature { return findings.passed(signature) }
      guard !expectation.isFirstParty else {
        throw findings.failure(.v21, "The thinking of block \(block.index) is not signed")
      }
      findings.warn(.v21)
    case .toolUse where isComplete: content.hasWholeToolUse = true
    case .toolUse, .serverToolUse, .mcpToolUse:
      guard !isComplete, content.brokenInput == nil else { break }
      content.brokenInput = ContentFacts.BrokenInput(
        index: block.index, event: findings.event, offset: findings.offset)
    case .redactedThinking, .toolResult, .compaction, .fallback, .whole, .unknown: break
    }
  }

  /// Ends the open block, and all that wait for it, before the message stops for `reason` (V25).
  mutating func closeOpenBlocks(before reason: String?, _ emit: Emit) throws(ProxyFailure) {
    while phase == .inBlock {
      guard block.hasWholeInput || excusesBrokenInput(reason) else {
        throw findings.failure(
          order.isEmpty ? .v25 : .v13,
          "The message stops while the tool call in block \(block.index) is incomplete")
      }
      findings.repaired(.v25)
      let stop = ServerSentEvent(
        name: "content_block_stop", data: #"{"type":"content_block_stop","index":\#(block.source)}"#)
      try close(try ours(stop), emit)
      try releaseWaiting(emit)
    }
  }

  // MARK: Blocks that wait

  /// Replays the blocks that waited, until one of them is still open.
  mutating func releaseWaiting(_ emit: Emit) throws(ProxyFailure) {
    let here = (findings.event, findings.offset)
    while phase == .between, let held = order.takeFirst() {
      for (place, item) in held.enumerated() {
        (findings.event, findings.offset) = (item.number, item.event.offset)
        let event = IncomingEvent(
          item.event, isOriginal: item.isOriginal, fields: try fields(item.event.data))
        if place == 0, let source = event.fields.index {
          try open(event, source: source, emit)
        } else {
          try handle(event, emit)
        }
      }
    }
    (findings.event, findings.offset) = here
  }

  // MARK: Shared

  /// A known event where the message does not allow it.
  func misplaced(_ name: String) -> ProxyFailure {
    switch phase {
    case .unstarted: findings.failure(.v7, "The first event is \(name), not message_start")
    case .between, .inBlock, .stopped, .ended: findings.failure(.v32, "A \(name) comes after the stop_reason")
    }
  }

  /// An event of our own making.
  func ours(_ event: ServerSentEvent) throws(ProxyFailure) -> IncomingEvent {
    IncomingEvent(event, isOriginal: false, fields: try fields(event.data))
  }

  func object(_ json: Bytes) throws(ProxyFailure) -> JSONFields {
    do throws(JSONError) { return try JSONFields(json) } catch { throw unreadable(error) }
  }

  private func fields(_ data: Bytes) throws(ProxyFailure) -> EventFields {
    do throws(JSONError) { return try EventFields(data) } catch { throw unreadable(error) }
  }

  private func unreadable(_ problem: JSONError) -> ProxyFailure {
    findings.failure(.v3, "The data of an event is no JSON object: \(problem)", code: .malformedEvent)
  }
}
