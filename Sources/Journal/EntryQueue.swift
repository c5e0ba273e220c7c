import Dispatch
import Pipeline
import Synchronization

/// The hand-over from the flow to the writer thread: never blocks the flow, wakes the writer seldom.
final class EntryQueue: Sendable {
  private let state = Mutex(QueueState())
  /// Bytes of bodies that wait or are being written.
  private let pending = Atomic<Int>(0)
  private let limit: Int
  private let semaphore = DispatchSemaphore(value: 0)
  private let interval: Duration
  private let time: any TimeSource
  private let monitor: JournalMonitor

  init(options: JournalOptions, time: any TimeSource, monitor: JournalMonitor) {
    limit = options.queueLimit
    interval = options.commitInterval
    self.time = time
    self.monitor = monitor
  }

  func begin(_ record: ExchangeRecord) { add { $0.begin(record) } }

  func end(_ ending: Ending) { add { $0.end(ending) } }

  /// The body of this key; nil if its exchange has not begun or has ended.
  /// - Parameter limit: of the bytes that are kept, nil for none.
  func body(_ key: BodyKey, limit: Int?) -> OpenBody? {
    state.withLock { $0.body(key) { OpenBody(key, limit: limit, queue: self) } }
  }

  /// Bytes that bodies may still take in; negative when there are too many already.
  var room: Int { limit - pending.load(ordering: .relaxed) }

  /// Bytes that wait or are being written.
  var queuedBytes: Int { pending.load(ordering: .relaxed) }

  /// A body took bytes in.
  /// - Parameters:
  ///   - count: the bytes that now wait for the writer, those that say when others came included.
  ///   - dropped: bytes it had no room for.
  ///   - news: the body, if nothing of it waited before.
  func grew(by count: Int, dropped: Int, _ news: OpenBody?) {
    if dropped > 0 { monitor.dropped(bytes: dropped) }
    let pending = pending.add(count, ordering: .relaxed).newValue
    if let news { wake(state.withLock { $0.announce(news) }) }
    if pending > limit / 4 { wake(state.withLock { $0.hurry() }) }
  }

  /// Opens the gate once everything enqueued so far is written; false when the queue is closed.
  func flush(_ gate: Gate) -> Bool {
    let wake = state.withLock { $0.isClosed ? nil : $0.flush(gate) }
    if let wake { self.wake(wake) }
    return wake != nil
  }

  /// Lets the writer finish what is there; later calls do nothing.
  func close() { wake(state.withLock { $0.isClosed ? .no : $0.close() }) }

  /// Blocks the writer thread until there is something to do.
  func take() -> Batch {
    semaphore.wait()
    var (batch, waiting) = state.withLock { $0.take() }
    batch.bodies = waiting.flatMap { $0.take() }
    return batch
  }

  func release(_ batch: Batch) { pending.subtract(batch.cost, ordering: .relaxed) }

  /// Wakes the writer in a while even if nothing new comes.
  func retry(after delay: Duration) { wake(state.withLock { $0.retry() }, after: delay) }

  private func add(_ event: (inout QueueState) -> QueueState.Wake?) {
    if let wake = state.withLock({ event(&$0) }) {
      self.wake(wake)
    } else {
      monitor.lost(rows: 1)
    }
  }

  private func wake(_ wake: QueueState.Wake, after delay: Duration? = nil) {
    switch wake {
    case .no: break
    case .now:
      if state.withLock({ $0.signal() }) { semaphore.signal() }
    case .later(let timer):
      // Not cancelled when it is overtaken: the number tells, and a commit interval is short.
      _ = time.wake(at: time.now + (delay ?? interval)) { [self] in
        if state.withLock({ $0.timerFired(timer) }) { semaphore.signal() }
      }
    }
  }
}
