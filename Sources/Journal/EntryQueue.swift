import Dispatch
import Pipeline
import Synchronization

/// The hand-over from the flow to the writer thread: never blocks the flow, wakes the writer seldom.
final class EntryQueue: Sendable {
  private let state: Mutex<QueueState>
  private let semaphore = DispatchSemaphore(value: 0)
  private let interval: Duration
  private let time: any TimeSource
  private let monitor: JournalMonitor

  init(options: JournalOptions, time: any TimeSource, monitor: JournalMonitor) {
    state = Mutex(QueueState(limit: options.queueLimit))
    interval = options.commitInterval
    self.time = time
    self.monitor = monitor
  }

  func begin(_ record: ExchangeRecord) { add { $0.begin(record) } }

  func end(_ attempt: AttemptRecord) { add { $0.end(attempt) } }

  func end(_ record: ExchangeRecord) { add { $0.end(record) } }

  func append(_ bytes: Bytes, to key: BodyKey, limit: Int?) {
    let (wake, dropped) = state.withLock { $0.append(bytes, to: key, limit: limit) }
    if dropped > 0 { monitor.dropped(bytes: dropped) }
    self.wake(wake)
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
    return state.withLock { $0.take() }
  }

  func release(_ batch: Batch) { state.withLock { $0.release(cost: batch.cost) } }

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
