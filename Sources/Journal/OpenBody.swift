import Pipeline
import Synchronization

/// A body that is being written: what came since the writer was here last.
///
/// Bytes are gathered here and not in the queue: an event of a stream then costs one lock that is hardly ever
/// contended, and one copy.
final class OpenBody: BodyLog {
  private struct State {
    var admission = BodyAdmission()
    var waiting: [UInt8] = []
    /// The queue knows that something waits.
    var isAnnounced = false
  }

  let key: BodyKey
  /// Bytes the policy keeps, nil for all.
  private let limit: Int?
  private let queue: EntryQueue
  private let state = Mutex(State())

  init(_ key: BodyKey, limit: Int?, queue: EntryQueue) {
    self.key = key
    self.limit = limit
    self.queue = queue
  }

  func append(_ bytes: Bytes) {
    guard !bytes.isEmpty else { return }
    let room = queue.room
    let (decision, isNews) = state.withLock { state -> (BodyAdmission.Decision, Bool) in
      let decision = state.admission.admit(bytes.count, limit: limit, room: room)
      state.waiting.append(contentsOf: bytes.prefix(decision.kept))
      defer { state.isAnnounced = true }
      return (decision, !state.isAnnounced)
    }
    queue.grew(by: decision, isNews ? self : nil)
  }

  /// Hands over what waits.
  func take() -> BodyPiece {
    state.withLock { state in
      state.isAnnounced = false
      return BodyPiece(key: key, bytes: state.waiting.takeAll(), cut: state.admission.cut)
    }
  }
}

extension Array {
  fileprivate mutating func takeAll() -> [Element] {
    defer { self = [] }
    return self
  }
}
