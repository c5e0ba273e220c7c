import Pipeline

/// The endpoint's numbers of its blocks, and the blocks that wait for an earlier one to end (V12, V13).
struct BlockOrder {
  /// An event of a waiting block, copied out of the read it came in.
  struct Held {
    var event: ServerSentEvent
    var isOriginal: Bool
    var number: Int
  }

  private struct Waiting {
    var source: Int
    var events: [Held]
  }

  /// In bytes, over all waiting blocks.
  static let limit = 4 * 1024 * 1024
  /// More blocks than any model opens at once.
  static let maximumWaiting = 256

  private var used: Set<Int> = []
  private var waiting: [Waiting] = []
  private var heldBytes = 0

  /// Whether the number is new. Each belongs to one block for the whole message.
  mutating func claim(_ source: Int) -> Bool { used.insert(source).inserted }

  /// Frees all numbers: blocks of our own making came before the endpoint's first.
  mutating func releaseAll() { used = [] }

  var isEmpty: Bool { waiting.isEmpty }

  func isWaiting(_ source: Int?) -> Bool { waiting.contains { $0.source == source } }

  /// Lets a block wait, or adds to one that waits. Fails when too much would be held.
  mutating func hold(
    _ event: IncomingEvent, of source: Int, _ findings: Findings
  ) throws(ProxyFailure) {
    heldBytes += event.frame.count + event.data.count
    let place = waiting.firstIndex { $0.source == source }
    guard heldBytes <= Self.limit, place != nil || waiting.count < Self.maximumWaiting else {
      throw findings.failure(
        .v13, "Blocks overlap, and the earlier one does not end within \(Self.limit >> 20) MiB")
    }
    let copy = ServerSentEvent(
      frame: Bytes(Array(event.frame)), name: nil, data: nil, dataApart: Bytes(Array(event.data)),
      offset: findings.offset)
    let held = Held(event: copy, isOriginal: event.sourceOffset != nil, number: findings.event)
    if let place {
      waiting[place].events.append(held)
    } else {
      waiting.append(Waiting(source: source, events: [held]))
    }
  }

  /// The events of the block that has waited longest, its start first; nil when none waits.
  mutating func takeFirst() -> [Held]? {
    guard !waiting.isEmpty else { return nil }
    let events = waiting.removeFirst().events
    heldBytes -= events.reduce(0) { $0 + $1.event.frame.count + $1.event.data.count }
    return events
  }
}
