import Pipeline

/// What a connection waits for, and until when. On the reactor's thread only.
///
/// A deadline that moves later or away does not touch its timer: that rings early, looks and is set again.
final class ConnectionDeadline {
  enum Awaited: Equatable {
    /// Any byte of the next request.
    case request
    case head
    case body
    /// That the client takes some of the bytes that are still unsent.
    case reader(unsent: Int)
    /// That the client closes its side too.
    case goodbye
  }

  private let time: any TimeSource
  private let reactor: Reactor
  private var onMiss: ((Awaited) -> Void)?
  private var armed: (deadline: MonotonicTime, token: any WakeToken)?
  private var deadline = MonotonicTime.distantFuture
  private(set) var awaited: Awaited?

  init(time: any TimeSource, reactor: Reactor) {
    self.time = time
    self.reactor = reactor
  }

  /// Calls `onMiss` on the reactor's thread with whatever does not come in time, until `cancel`.
  func start(_ onMiss: @escaping (Awaited) -> Void) { self.onMiss = onMiss }

  /// From now on waits for this alone.
  func expect(_ awaited: Awaited, within duration: Duration) {
    self.awaited = awaited
    deadline = time.now + duration
    arm()
  }

  /// Waits for nothing.
  func clear() {
    awaited = nil
    deadline = .distantFuture
  }

  /// Waits for nothing ever again.
  func cancel() {
    clear()
    onMiss = nil
    armed?.token.cancel()
    armed = nil
  }

  private func arm() {
    if let armed, armed.deadline <= deadline { return }
    armed?.token.cancel()
    let me = ReactorBound(self, to: reactor)
    let token = time.wake(at: deadline) { [reactor] in
      reactor.execute { me.value.rang() }
    }
    armed = (deadline, token)
  }

  private func rang() {
    armed = nil
    guard let awaited, let onMiss else { return }
    guard time.now >= deadline else { return arm() }
    clear()
    onMiss(awaited)
  }
}
