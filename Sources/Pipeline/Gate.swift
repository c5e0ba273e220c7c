import Synchronization

/// A door that opens once and stays open; any number of tasks may wait in front of it.
package final class Gate: Sendable {
  private enum State {
    case closed([@Sendable () -> Void])
    case open
  }

  private let state = Mutex(State.closed([]))

  package init() {}

  package var isOpen: Bool {
    state.withLock { if case .open = $0 { true } else { false } }
  }

  /// Lets everybody through, now and later.
  package func open() {
    let waiting = state.withLock { state -> [@Sendable () -> Void] in
      guard case .closed(let waiting) = state else { return [] }
      state = .open
      return waiting
    }
    for action in waiting { action() }
  }

  /// Runs `action` once the gate is open: later on the opener's thread, or right now.
  package func onOpen(_ action: @escaping @Sendable () -> Void) {
    let isOpen = state.withLock { state -> Bool in
      guard case .closed(var waiting) = state else { return true }
      waiting.append(action)
      state = .closed(waiting)
      return false
    }
    if isOpen { action() }
  }

  /// Returns once the gate is open. Not cancellable: who closes a gate must open it.
  package func wait() async {
    await withCheckedContinuation { continuation in
      onOpen { continuation.resume() }
    }
  }
}
