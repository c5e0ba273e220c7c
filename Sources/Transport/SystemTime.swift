import Foundation
package import Pipeline

/// The real clocks. Wake-ups are timers of the shared reactor.
package struct SystemTime: TimeSource {
  package init() {}

  package var now: MonotonicTime { Reactor.now }

  package var recent: MonotonicTime { Reactor.shared.recent }

  package var wallMilliseconds: Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }

  package func wake(
    at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void
  ) -> any WakeToken {
    Reactor.shared.wake(at: deadline, action)
  }
}
