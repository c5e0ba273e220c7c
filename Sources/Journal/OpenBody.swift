import Pipeline
import Synchronization

/// A body that is being written: what came since the writer was here last.
///
/// Bytes are gathered here and not in the queue: an event of a stream then costs one lock that is hardly ever
/// contended, and one copy. The times of an answer's bytes gather beside them, and wait until they are worth a block or
/// the exchange ends: a kill loses some hundred of them.
final class OpenBody: BodyLog {
  /// Times worth a block, in bytes: some two hundred of them.
  private static let timesPerBlock = 512

  private struct State {
    var admission = BodyAdmission()
    var waiting: [UInt8] = []
    /// What came before that, in pieces worth a block: one array for all of it would be copied again and again as it
    /// grows, and hold twice what is in it.
    var full: [[UInt8]] = []
    /// Bytes taken in so far.
    var kept = 0
    var times = ArrivalMarks()
    /// The queue knows that something waits.
    var isAnnounced = false
    /// No more comes: nothing is worth waiting for.
    var isClosed = false
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

  func append(_ bytes: Bytes) { append(bytes, at: nil) }

  func append(_ bytes: Bytes, after microseconds: Int64) { append(bytes, at: microseconds) }

  private func append(_ bytes: Bytes, at microseconds: Int64?) {
    guard !bytes.isEmpty else { return }
    let room = queue.room
    let (count, dropped, isNews) = state.withLock { state -> (Int, Int, Bool) in
      let decision = state.admission.admit(bytes.count, limit: limit, room: room)
      var count = decision.kept
      if decision.kept > 0, let microseconds {
        count += state.times.note(offset: state.kept, microseconds: microseconds)
      }
      state.kept += decision.kept
      state.waiting.append(contentsOf: bytes.prefix(decision.kept))
      if state.waiting.count >= blockSize { state.full.append(state.waiting.takeAll()) }
      defer { state.isAnnounced = true }
      return (count, decision.dropped, !state.isAnnounced)
    }
    queue.grew(by: count, dropped: dropped, isNews ? self : nil)
  }

  /// Says that nothing more comes; true when the queue has to be told that something waits all the same.
  func close() -> Bool {
    state.withLock { state in
      state.isClosed = true
      guard !state.times.bytes.isEmpty, !state.isAnnounced else { return false }
      state.isAnnounced = true
      return true
    }
  }

  /// Hands over what waits.
  func take() -> [BodyPiece] {
    state.withLock { state in
      state.isAnnounced = false
      var pieces = state.full.takeAll().map { BodyPiece(key: key, bytes: $0, cut: nil) }
      if !state.waiting.isEmpty || state.admission.cut != nil {
        pieces.append(BodyPiece(key: key, bytes: state.waiting.takeAll(), cut: state.admission.cut))
      }
      if case .responseReceived(let attempt) = key.part,
        state.isClosed ? !state.times.bytes.isEmpty : state.times.bytes.count >= Self.timesPerBlock
      {
        let part = BodyPart.responseTimes(attempt: attempt)
        pieces.append(
          BodyPiece(key: BodyKey(exchange: key.exchange, part: part), bytes: state.times.take(), cut: nil))
      }
      return pieces
    }
  }
}

extension Array {
  fileprivate mutating func takeAll() -> [Element] {
    defer { self = [] }
    return self
  }
}
