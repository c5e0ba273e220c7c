import Foundation
import NIOCore
import NIOPosix
package import Pipeline

/// The real clocks. Wake-ups are timers of an event loop: the caller's own if it has one.
package struct SystemTime: TimeSource {
  package init() {}

  package var now: MonotonicTime {
    MonotonicTime(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds))
  }

  package var wallMilliseconds: Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }

  package func wake(
    at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void
  ) -> any WakeToken {
    let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
    let time = NIODeadline.uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))
    return Token(scheduled: loop.scheduleTask(deadline: time, action))
  }

  private struct Token: WakeToken {
    let scheduled: Scheduled<Void>

    func cancel() { scheduled.cancel() }
  }
}
