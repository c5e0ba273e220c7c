package import Pipeline

/// Holds the events of an answer to its protocol: what leaves it is one valid message, event by event.
///
/// The rules are those of the protocol sheet (`ProtocolRule`). Valid events pass with their bytes untouched;
/// unknown events, blocks, deltas and fields pass too. Small faults are mended and counted, doubtful things
/// only counted; anything else fails at the exact event, with its rule, number and byte.
///
/// Whether invalid tool input is a fault shows only with the stop_reason (V19), so the end of such a block is
/// emitted as `blockStop(isComplete: false)` and the failure follows at the stop_reason unless that excuses
/// it. Who shows events to a client must therefore hold a tool block back until it is complete or the message
/// has stopped; `failover` does.
///
/// Throws `.malformedEvent`, `.protocolViolation`, `.errorEvent` (with the endpoint's own error as
/// `upstreamBody`), `.emptyAnswer` and `.truncated`.
package struct ValidateProtocol: Stage {
  package static let name: StageName = "validate-protocol"

  /// A protocol whose answers come out as `MessageEvent`s; one with other events is a stage of its own.
  package enum Dialect: Sendable { case anthropic }

  typealias Emit = (MessageEvent) throws(ProxyFailure) -> Void

  /// Where the message stands.
  enum Phase {
    /// Nothing of it has come.
    case unstarted
    /// Started, no block open.
    case between
    /// `block` is open.
    case inBlock
    /// The stop_reason is known.
    case stopped
    /// message_stop has passed.
    case ended
  }

  var expectation = AnswerExpectation(model: "")
  var findings = Findings(stage: name)
  var phase = Phase.unstarted
  var block = OpenBlock()
  var order = BlockOrder()
  var content = ContentFacts()
  /// The counts of the message_deltas so far.
  var usage = TokenUsage()
  var stopReason: String?
  /// The answer names another model than the one asked for, without a reason so far (V43).
  var isOtherModel = false

  package init(_ dialect: Dialect) {
    switch dialect {
    case .anthropic: break
    }
  }

  package func prepared(for attempt: Attempt) -> ValidateProtocol {
    var validator = self
    validator.expectation = attempt.expectation
    validator.findings.attempt = attempt
    return validator
  }

  package mutating func receive(
    _ event: ServerSentEvent, _ emit: (MessageEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    findings.event += 1
    findings.offset = event.offset
    do throws(ProxyFailure) {
      if phase == .inBlock, block.source == block.index,
        let contribution = block.receiveUsual(event, &findings)
      {
        let kind = MessageEvent.Kind.blockDelta(index: block.index, isEmpty: contribution == .empty)
        return try emit(MessageEvent(frame: event.frame, kind: kind, sourceOffset: event.offset))
      }
      try check(event, emit)
      if !order.isEmpty, phase == .between { try releaseWaiting(emit) }
    } catch {
      noteEvents()
      throw error
    }
  }

  package mutating func finish(
    _ emit: (MessageEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    noteEvents()
    switch phase {
    case .ended: break
    case .stopped:
      findings.repaired(.v33)
      phase = .ended
      let end = ServerSentEvent(name: "message_stop", data: #"{"type":"message_stop"}"#)
      try emit(MessageEvent(frame: end.frame, kind: .messageStop))
    case .unstarted, .between, .inBlock:
      throw findings.failure(.v34, "The stream ends \(phase.whereItEnds)", code: .truncated)
    }
  }

  func noteEvents() {
    findings.attempt?.note { $0.events = findings.event }
  }

  private var isTranslated: Bool { expectation.translation != nil }

  /// Where the event's bytes are in the endpoint's answer; nil when they are a translator's.
  private func sourceOffset(of event: ServerSentEvent) -> Int? { isTranslated ? nil : event.offset }

  // MARK: Reading an event

  private mutating func check(_ event: ServerSentEvent, _ emit: Emit) throws(ProxyFailure) {
    let fields: EventFields
    do throws(JSONError) {
      fields = try EventFields(event.data)
    } catch {
      return try receiveUnreadable(event, error, emit)
    }
    if phase == .ended { return try receiveAfterEnd(event, fields.type, emit) }
    var incoming = IncomingEvent(event, isOriginal: !isTranslated, fields: fields)
    if fields.type == .missing { return try receiveUntyped(event, emit, hasError: fields.hasError) }
    try matchName(of: &incoming, event.name)
    try handle(incoming, emit)
  }

  mutating func handle(_ event: IncomingEvent, _ emit: Emit) throws(ProxyFailure) {
    switch event.fields.type {
    case .blockDelta: try receiveDelta(event, emit)
    case .blockStart: try receiveBlockStart(event, emit)
    case .blockStop: try receiveBlockStop(event, emit)
    case .messageStart: try receiveMessageStart(event, emit)
    case .messageDelta: try receiveMessageDelta(event, emit)
    case .messageStop: try receiveMessageStop(event, emit)
    case .ping: try emit(event.passed(as: .ping))
    case .other, .missing: try emit(event.passed(as: .other))
    case .error: throw UpstreamError.failure(.v35, event.data, findings)
    }
  }

  /// Clients go by the name for `ping` and `error`, and by the data for the rest: both must agree (V2).
  private mutating func matchName(
    of event: inout IncomingEvent, _ name: Bytes
  ) throws(ProxyFailure) {
    let known = event.fields.type.name
    if let known, name.equals(known) { return }
    guard let type = event.fields.typeName, type.hasEscapes || name != event.data[type.range] else { return }
    if name.equals("error") { throw UpstreamError.failure(.v35, event.data, findings) }
    if let known {
      event.rename(Bytes(utf8: "\(known)"))
    } else if !type.hasEscapes, !type.range.isEmpty {
      event.rename(event.data[type.range])
    } else {
      return
    }
    findings.repaired(.v2)
  }

  /// An object without a type: an error of a gateway (V36), a bare ping, or nothing a client understands.
  private mutating func receiveUntyped(
    _ event: ServerSentEvent, _ emit: Emit, hasError: Bool
  ) throws(ProxyFailure) {
    if event.name.equals("error") { throw UpstreamError.failure(.v35, event.data, findings) }
    if hasError { throw UpstreamError.failure(.v36, event.data, findings) }
    guard event.name.equals("ping") else {
      throw findings.failure(.v3, "The data of an event has no type", code: .malformedEvent)
    }
    try emit(MessageEvent(frame: event.frame, kind: .ping, sourceOffset: sourceOffset(of: event)))
  }

  /// The data is no JSON object: a comment, a bare ping, a sentinel, or a broken event.
  private mutating func receiveUnreadable(
    _ event: ServerSentEvent, _ problem: JSONError, _ emit: Emit
  ) throws(ProxyFailure) {
    if event.data.equals("[DONE]") { return findings.repaired(.v6) }
    if event.name.equals("ping") {
      if !event.data.isEmpty { findings.warn(.v3) }
      return try emit(MessageEvent(frame: event.frame, kind: .ping, sourceOffset: sourceOffset(of: event)))
    }
    if event.data.isEmpty, event.name.isEmpty || phase != .ended && !event.hasKnownName {
      return try emit(MessageEvent(frame: event.frame, kind: .other, sourceOffset: sourceOffset(of: event)))
    }
    if phase == .ended { return findings.warn(.v32) }
    if event.name.equals("error") { throw UpstreamError.failure(.v35, event.data, findings) }
    throw findings.failure(.v3, "The data of an event is no JSON object: \(problem)", code: .malformedEvent)
  }

  /// Clients would still take in what follows message_stop: only pings and comments pass.
  private mutating func receiveAfterEnd(
    _ event: ServerSentEvent, _ type: EventType, _ emit: Emit
  ) throws(ProxyFailure) {
    switch type {
    case .ping where event.name.equals("ping"):
      try emit(MessageEvent(frame: event.frame, kind: .ping, sourceOffset: sourceOffset(of: event)))
    case .messageStop: findings.repaired(.v33)
    case .messageStart: findings.warn(.v8)
    case .error: findings.warn(.v35)
    case .blockStart, .blockDelta, .blockStop, .messageDelta, .ping, .other, .missing: findings.warn(.v32)
    }
  }
}

extension ValidateProtocol.Phase {
  fileprivate var whereItEnds: String {
    switch self {
    case .unstarted: "before message_start"
    case .between: "before a stop_reason"
    case .inBlock: "within a content block"
    case .stopped: "before message_stop"
    case .ended: "after message_stop"
    }
  }
}

extension ServerSentEvent {
  fileprivate var hasKnownName: Bool {
    EventType.known.contains { $0.name.map { name.equals($0) } ?? false }
  }
}

extension Bytes {
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return unsafe withUnsafeBufferPointer { unsafe ByteScan.areEqual(count, $0.baseAddress, text.utf8Start) }
  }
}
