import Synchronization

/// A door that opens once and stays open; any number of tasks may wait in front of it.
package final class Gate: Sendable {
  private enum State {
    case closed([CheckedContinuation<Void, Never>])
    case open
  }

  private let state = Mutex(State.closed([]))

  package init() {}

  package var isOpen: Bool {
    state.withLock { if case .open = $0 { true } else { false } }
  }

  /// Lets everybody through, now and later.
  package func open() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard case .closed(let waiting) = state else { return [] }
      state = .open
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Returns once the gate is open. Not cancellable: who closes a gate must open it.
  package func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state -> Bool in
        guard case .closed(var waiting) = state else { return true }
        waiting.append(continuation)
        state = .closed(waiting)
        return false
      }
      if isOpen { continuation.resume() }
    }
  }
}
