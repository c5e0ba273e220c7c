import Pipeline

/// How long an answer may stay silent: bytes and progress have their own limits (DESIGN §2.8).
///
/// Pings keep the byte limit alive, never the progress limit (V37).
struct Patience {
  /// How long an answer that is whole but for its token counts is waited for (Q10).
  static let grace = Duration.seconds(2)

  private let timeouts: UpstreamTimeouts
  private let totalDeadline: MonotonicTime
  private var bytesSeen = 0
  private(set) var lastBytes: MonotonicTime
  private(set) var lastProgress: MonotonicTime

  init(_ timeouts: UpstreamTimeouts, now: MonotonicTime, started: MonotonicTime) {
    self.timeouts = timeouts
    totalDeadline = timeouts.total.map { started + $0 } ?? .distantFuture
    lastBytes = now
    lastProgress = now
  }

  /// The first limit that would be reached if nothing came.
  var deadline: MonotonicTime {
    min(lastBytes + timeouts.idle, lastProgress + timeouts.progress, totalDeadline)
  }

  /// Notes what came, then fails if a limit has passed.
  mutating func note(bytes: Int, progressed: Bool, now: MonotonicTime) throws(ProxyFailure) {
    if bytes != bytesSeen {
      bytesSeen = bytes
      lastBytes = now
    }
    if progressed { lastProgress = now }
    guard now >= deadline else { return }
    let (code, limit): (ProxyFailure.Code, Duration) =
      if now >= totalDeadline {
        (.totalTimeout, timeouts.total ?? .zero)
      } else if now >= lastBytes + timeouts.idle {
        (.idleTimeout, timeouts.idle)
      } else {
        (.progressTimeout, timeouts.progress)
      }
    throw ProxyFailure(
      code, origin: .upstream, stage: "call-upstream", rule: "V37",
      detail: "The answer stalled after \(bytes) bytes: the limit is \(limit).")
  }
}
