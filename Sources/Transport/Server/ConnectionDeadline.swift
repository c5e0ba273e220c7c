import NIOCore
import Pipeline

/// The one thing a connection waits for, and what happens if it takes too long.
///
/// A deadline that moves later does not touch its timer: the timer rings early, looks and is set again.
struct ConnectionDeadline {
  private let time: any TimeSource
  private let loop: any EventLoop
  private let shared = Ring()
  private(set) var isForHead = false

  /// What the timer's callback sees; on the loop only.
  private final class Ring {
    var deadline = MonotonicTime.distantFuture
    var action: (() -> Void)?
    var armed: (deadline: MonotonicTime, token: any WakeToken)?
  }

  init(time: any TimeSource, loop: any EventLoop) {
    self.time = time
    self.loop = loop
  }

  /// Runs `action` on the loop after `duration`, unless set anew or cleared before.
  mutating func set(_ duration: Duration, isForHead: Bool, _ action: @escaping () -> Void) {
    self.isForHead = isForHead
    shared.deadline = time.now + duration
    shared.action = action
    Self.arm(shared, time, loop)
  }

  mutating func clear() {
    isForHead = false
    shared.deadline = .distantFuture
    shared.action = nil
    shared.armed?.token.cancel()
    shared.armed = nil
  }

  private static func arm(_ ring: Ring, _ time: any TimeSource, _ loop: any EventLoop) {
    if let armed = ring.armed, armed.deadline <= ring.deadline { return }
    ring.armed?.token.cancel()
    let bound = NIOLoopBound(ring, eventLoop: loop)
    let token = time.wake(at: ring.deadline) {
      loop.execute { Self.rang(bound.value, time, loop) }
    }
    ring.armed = (ring.deadline, token)
  }

  private static func rang(_ ring: Ring, _ time: any TimeSource, _ loop: any EventLoop) {
    ring.armed = nil
    guard ring.deadline != .distantFuture else { return }
    if time.now >= ring.deadline {
      ring.action?()
    } else {
      arm(ring, time, loop)
    }
  }
}
