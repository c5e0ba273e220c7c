import Pipeline
import Synchronization

/// How well the journal keeps up.
package struct JournalHealth: Sendable, Equatable {
  /// The last write worked.
  package var isWriting = true
  package var lastError: String?
  /// Milliseconds since 1970.
  package var lastErrorAt: Int64?
  /// Failed writes since start, of segments and index together.
  package var writeErrors = 0
  /// Index rows that wait for the next try.
  package var rowsWaiting = 0
  /// Index rows given up because too many waited.
  package var rowsLost = 0
  /// Body bytes given up because the queue was full or the disk refused them.
  package var bodyBytesDropped = 0

  package init() {}
}

/// Counts what goes wrong and says so, once a minute at most.
final class JournalMonitor: Sendable {
  private struct State {
    var health = JournalHealth()
    var silentUntil: MonotonicTime?
  }

  private let state = Mutex(State())
  private let time: any TimeSource
  private let log: @Sendable (String) -> Void

  init(time: any TimeSource, log: @escaping @Sendable (String) -> Void) {
    self.time = time
    self.log = log
  }

  var health: JournalHealth { state.withLock { $0.health } }

  func failed(_ error: JournalError) {
    note("cannot write (\(error.detail)); requests go on, the journal tries again") { [time] health in
      health.isWriting = false
      health.lastError = error.detail
      health.lastErrorAt = time.wallMilliseconds
      health.writeErrors += 1
    }
  }

  func waiting(rows: Int) { state.withLock { $0.health.rowsWaiting = rows } }

  func lost(rows: Int) {
    note("\(rows) index rows given up: too many wait for the disk") { $0.rowsLost += rows }
  }

  func dropped(bytes: Int) {
    note("cannot keep up: body bytes are dropped and marked as missing") { $0.bodyBytesDropped += bytes }
  }

  func committed() {
    state.withLock {
      $0.health.isWriting = true
      $0.health.rowsWaiting = 0
    }
  }

  private func note(_ text: String, _ change: (inout JournalHealth) -> Void) {
    let now = time.now
    let speaks = state.withLock { state in
      change(&state.health)
      if let silentUntil = state.silentUntil, now < silentUntil { return false }
      state.silentUntil = now + .seconds(60)
      return true
    }
    if speaks { log("journal: \(text)") }
  }
}
