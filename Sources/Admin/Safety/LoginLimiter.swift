package import Pipeline
import Synchronization

/// Makes guessing passwords slow: after a few failures each further try of a peer has to wait twice as long, and
/// many failures of all peers together slow everybody down a little.
package final class LoginLimiter: Sendable {
  /// So many are free.
  package static let freeTries = 5
  static let longestWait: Duration = .seconds(900)
  /// For all peers together: more free tries, and a wait that does not lock the owner out.
  static let freeTriesOfAll = 20
  static let longestWaitOfAll: Duration = .seconds(10)
  /// Peers that are remembered; who has waited longest is forgotten first.
  static let mostPeers = 1000
  /// After so long without a failure a peer starts anew.
  private static let memory: Duration = .seconds(3600)

  private struct Record {
    var failures = 0
    var last: MonotonicTime

    func wait(free: Int, longest: Duration) -> Duration {
      failures < free ? .zero : min(longest, .seconds(1 << min(failures - free, 20)))
    }
  }

  private struct State {
    var peers: [String: Record] = [:]
    var all = Record(last: MonotonicTime(nanoseconds: 0))
  }

  private let time: any TimeSource
  private let state = Mutex(State())

  package init(time: any TimeSource) { self.time = time }

  /// Asks to try once: nil is a yes, otherwise how long to wait before asking again.
  ///
  /// A try counts as a failure until `succeeded`, so that many at once are no way around.
  package func tryOnce(_ peer: String) -> Duration? {
    let now = time.now
    return state.withLock { state in
      if now - state.all.last > Self.memory { state.all.failures = 0 }
      var record = state.peers[peer] ?? Record(last: now)
      if now - record.last > Self.memory { record.failures = 0 }
      let due = max(
        record.last + record.wait(free: Self.freeTries, longest: Self.longestWait),
        state.all.last + state.all.wait(free: Self.freeTriesOfAll, longest: Self.longestWaitOfAll))
      guard due <= now else { return due - now }
      record.failures += 1
      record.last = now
      state.all.failures += 1
      state.all.last = now
      Self.makeRoom(&state.peers)
      state.peers[peer] = record
      return nil
    }
  }

  /// The last try of this peer was right.
  package func succeeded(_ peer: String) {
    state.withLock { state in
      state.peers[peer] = nil
      state.all.failures = max(0, state.all.failures - 1)
    }
  }

  private static func makeRoom(_ peers: inout [String: Record]) {
    guard peers.count >= mostPeers, let oldest = peers.min(by: { $0.value.last < $1.value.last }) else {
      return
    }
    peers[oldest.key] = nil
  }
}
