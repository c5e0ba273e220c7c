import Pipeline

/// Decides which events of an attempt may reach the client yet.
///
/// Until the commit nothing does, so every failure can still be retried invisibly; a delta whose payload is the
/// empty string is no content and commits to nothing, nor does the end of a block that had no other. After it, only a `tool_use`
/// block waits for its end: the client cannot run it earlier, and a call that was never shown needs no
/// retraction. Events leave in the order they came, except that pings overtake a held tool.
struct HoldBack {
  /// How much of the answer the client has: what may still be done when the stream is cut.
  struct Shown: Equatable {
    var hasCommitted = false
    /// The open block the client knows of; its start was released, its stop was not.
    var openBlock: (index: Int, kind: MessageEvent.BlockKind)?
    /// A whole `tool_use` was released: the client will run it.
    var hasCompleteTool = false
    /// A stop_reason passed, shown or held: the answer is complete but for its last event.
    var hasStopReason = false
    var hasEnded = false

    static func == (left: Shown, right: Shown) -> Bool {
      left.hasCommitted == right.hasCommitted && left.hasCompleteTool == right.hasCompleteTool
        && left.hasStopReason == right.hasStopReason && left.hasEnded == right.hasEnded
        && left.openBlock?.index == right.openBlock?.index && left.openBlock?.kind == right.openBlock?.kind
    }
  }

  /// More than this held back is refused: it is neither a tool call nor an answer anybody waits for.
  static let limit = 32 * 1024 * 1024

  private let commit: FailoverOptions.Commit
  private let holdsThinking: Bool
  private var held: [MessageEvent] = []
  private var heldBytes = 0
  /// The block whose events wait for its end.
  private var heldBlock: Int?
  private(set) var shown = Shown()

  /// - Parameter openText: the text block that the client has open from an answer which this one carries on.
  init(_ options: FailoverOptions, openText: Int? = nil) {
    shown.openBlock = openText.map { ($0, .text) }
    commit = options.commit
    holdsThinking = options.holdThinking
  }

  /// Whether anything of the answer was released.
  var hasCommitted: Bool { shown.hasCommitted }

  /// The answer goes out outside of this value: a body that was checked whole, or one that is only relayed.
  mutating func commitToRelay() { shown.hasCommitted = true }

  /// Takes the next valid event; appends to `out` what may be written now.
  mutating func receive(_ event: MessageEvent, into out: inout [MessageEvent]) throws(ProxyFailure) {
    if case .messageDelta(stops: true) = event.kind { shown.hasStopReason = true }
    if shown.hasCommitted, heldBlock == nil {
      if case .blockStart(let index, .toolUse) = event.kind {
        heldBlock = index
        try hold(event)
      } else {
        release(event, into: &out)
      }
      return
    }
    if shown.hasCommitted, event.kind == .ping {
      out.append(event)
      return
    }
    try hold(event)
    if heldBlock == nil, case .blockStart(let index, .toolUse) = event.kind { heldBlock = index }
    if commits(event) { releaseAll(into: &out) }
  }

  /// Whether this event, just held, lets everything held go.
  private mutating func commits(_ event: MessageEvent) -> Bool {
    switch event.kind {
    case .messageStop: return true
    case .messageDelta(let stops): return stops && (commit == .firstContent || shown.hasCommitted)
    case .blockStop(let index, let isComplete):
      guard isComplete, index == heldBlock else { return false }
      heldBlock = nil
      return commit == .firstContent || shown.hasCommitted
    case .blockDelta(_, let isEmpty):
      return !isEmpty && heldBlock == nil && commit == .firstContent && !isThinkingHeld
    case .blockStart(_, let kind):
      // These blocks come whole in their start; the others wait for their first delta.
      return commit == .firstContent && (kind == .redactedThinking && !holdsThinking || kind == .other)
    case .messageStart, .ping, .other: return false
    }
  }

  private var isThinkingHeld: Bool {
    guard holdsThinking else { return false }
    for event in held.reversed() {
      if case .blockStart(_, let kind) = event.kind { return kind == .thinking || kind == .redactedThinking }
    }
    return false
  }

  private mutating func hold(_ event: MessageEvent) throws(ProxyFailure) {
    heldBytes += event.frame.count
    guard heldBytes <= Self.limit else {
      throw ProxyFailure(
        .eventTooLarge, origin: .upstream, stage: "failover",
        detail: "More than \(Self.limit >> 20) MiB of the answer would have to be held back.")
    }
    held.append(event)
  }

  private mutating func releaseAll(into out: inout [MessageEvent]) {
    for event in held { release(event, into: &out) }
    held.removeAll()
    heldBytes = 0
    heldBlock = nil
  }

  private mutating func release(_ event: MessageEvent, into out: inout [MessageEvent]) {
    shown.hasCommitted = true
    switch event.kind {
    case .blockStart(let index, let kind): shown.openBlock = (index, kind)
    case .blockStop(_, let isComplete):
      if shown.openBlock?.kind == .toolUse, isComplete { shown.hasCompleteTool = true }
      shown.openBlock = nil
    case .messageStop: shown.hasEnded = true
    case .messageStart, .blockDelta, .messageDelta, .ping, .other: break
    }
    out.append(event)
  }

  /// What to write when the stream was cut: everything held if the answer is complete but for message_stop,
  /// otherwise nothing (a held tool call is dropped).
  mutating func finishAfterStopReason(into out: inout [MessageEvent]) {
    guard shown.hasStopReason, !shown.hasEnded else { return }
    releaseAll(into: &out)
    out.append(Self.messageStop)
    shown.hasCommitted = true
    shown.hasEnded = true
  }

  static let messageStop = MessageEvent("message_stop", kind: .messageStop)
}
