package import Pipeline
import Synchronization

/// A clock whose hands the test turns: nothing happens until `advance(by:)`.
///
/// Wake-ups run on the caller's thread, in order of their deadlines, before `advance` returns.
package final class ManualTime: TimeSource {
  private struct Pending {
    var id: Int
    var deadline: MonotonicTime
    var action: @Sendable () -> Void
  }

  private struct State {
    var now = MonotonicTime(nanoseconds: 0)
    var wall: Int64
    var nextID = 0
    var pending: [Pending] = []
    var watchers: [(deadline: MonotonicTime, gate: Gate)] = []
  }

  private let state: Mutex<State>

  package init(wallMilliseconds: Int64 = 1_790_000_000_000) {
    state = Mutex(State(wall: wallMilliseconds))
  }

  package var now: MonotonicTime { state.withLock { $0.now } }
  package var wallMilliseconds: Int64 { state.withLock { $0.wall } }

  package func wake(
    at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void
  ) -> any WakeToken {
    let (id, runsNow, reached) = state.withLock { state -> (Int, Bool, [Gate]) in
      state.nextID += 1
      guard deadline > state.now else { return (state.nextID, true, []) }
      state.pending.append(Pending(id: state.nextID, deadline: deadline, action: action))
      let reached = state.watchers.filter { deadline <= $0.deadline }.map(\.gate)
      state.watchers.removeAll { deadline <= $0.deadline }
      return (state.nextID, false, reached)
    }
    if runsNow { action() }
    for gate in reached { gate.open() }
    return Token(time: self, id: id)
  }

  /// Moves both clocks on and runs what became due.
  package func advance(by duration: Duration) {
    let end = state.withLock { state -> MonotonicTime in
      state.wall += duration.nanoseconds / 1_000_000
      return state.now + duration
    }
    while let action = nextDue(before: end) { action() }
    state.withLock { $0.now = end }
  }

  /// Sets the wall clock alone, forwards or back, as a user or a time server does.
  package func jumpWallClock(by duration: Duration) {
    state.withLock { $0.wall += duration.nanoseconds / 1_000_000 }
  }

  /// Returns as soon as something waits for a time at most `duration` from now, the moment a test may advance,
  /// or when `end` opens.
  package func waitUntilSomethingIsDue(within duration: Duration, or end: Gate? = nil) async {
    let gate = Gate()
    end?.onOpen { gate.open() }
    state.withLock { state in
      let deadline = state.now + duration
      if state.pending.contains(where: { $0.deadline <= deadline }) {
        gate.open()
      } else {
        state.watchers.append((deadline, gate))
      }
    }
    await gate.wait()
  }

  private func nextDue(before end: MonotonicTime) -> (@Sendable () -> Void)? {
    state.withLock { state in
      guard
        let index = state.pending.indices.filter({ state.pending[$0].deadline <= end })
          .min(by: { state.pending[$0].deadline < state.pending[$1].deadline })
      else { return nil }
      let next = state.pending.remove(at: index)
      state.now = max(state.now, next.deadline)
      return next.action
    }
  }

  private struct Token: WakeToken {
    let time: ManualTime
    let id: Int

    func cancel() { time.state.withLock { [id] in $0.pending.removeAll { $0.id == id } } }
  }
}
