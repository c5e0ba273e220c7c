/// A point on the monotonic clock, in nanoseconds since an arbitrary start.
@usableFromInline
package struct MonotonicTime: Hashable, Comparable, Sendable {
  @usableFromInline
  package var nanoseconds: Int64

  @inlinable
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable
  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  @inlinable
  package static func + (time: Self, duration: Duration) -> Self {
    Self(nanoseconds: time.nanoseconds + duration.nanoseconds)
  }

  @inlinable
  package static func - (later: Self, earlier: Self) -> Duration {
    .nanoseconds(later.nanoseconds - earlier.nanoseconds)
  }

  package static let distantFuture = Self(nanoseconds: .max)
}

extension Duration {
  /// Whole nanoseconds; durations of more than 292 years do not fit.
  @inlinable
  package var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  /// Milliseconds with their fraction.
  @inlinable
  package var milliseconds: Double { Double(nanoseconds) / 1_000_000 }
}

/// Where time comes from: the system, or a test that turns the hands itself.
package protocol TimeSource: Sendable {
  /// Monotonic; never jumps.
  var now: MonotonicTime { get }
  /// The time that the thread that moves the bytes has seen last: when its turn began, which is when the bytes that it
  /// hands on were there. Costs no look at the clock.
  var recent: MonotonicTime { get }
  /// Wall clock, milliseconds since 1970. May jump; for showing and for reset times of endpoints only.
  var wallMilliseconds: Int64 { get }
  /// Runs `action` once at `deadline` (or right away if that is past), on any thread, unless cancelled before.
  ///
  /// Letting go of the token does not cancel: the action runs and is kept alive until then.
  func wake(at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void) -> any WakeToken
}

/// A pending wake-up of a `TimeSource`.
package protocol WakeToken: Sendable {
  /// Keeps the action from starting, if it has not: one that runs on another thread at this moment may still be
  /// running, or just about to start, when this returns. Safe to call twice.
  func cancel()
}

extension TimeSource {
  package var recent: MonotonicTime { now }

  /// Suspends until `deadline`, or until `gate` opens.
  package func sleep(until deadline: MonotonicTime, or gate: Gate) async {
    guard deadline > now else { return }
    let ring = Gate()
    let token = wake(at: deadline) { ring.open() }
    gate.onOpen { ring.open() }
    await ring.wait()
    token.cancel()
  }
}
