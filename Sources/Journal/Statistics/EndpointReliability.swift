/// How far an endpoint could be relied on.
package struct EndpointReliability: Sendable, Equatable {
  /// Fewer attempts than these make no score.
  package static let fewest = 5

  /// Attempts that say something about it (`AttemptVerdict`).
  package var requests = 0
  package var truncated = 0
  package var stalled = 0
  /// By its fault, those that were cut or stood still included.
  package var failed = 0
  package var firstContentP50: Duration?
  package var firstContentP95: Duration?

  package init() {}

  /// 0…100: the share of attempts without fault in per cent, less 5 when the slowest twentieth of answers takes more
  /// than 10 seconds to its first content, 10 when more than 20 seconds, 20 when more than 40. Nil with fewer than five
  /// attempts.
  package var score: Int? {
    guard requests >= Self.fewest else { return nil }
    let penalty =
      switch firstContentP95 {
      case let time? where time > .seconds(40): 20
      case let time? where time > .seconds(20): 10
      case let time? where time > .seconds(10): 5
      default: 0
      }
    // Rounded down: 100 is for those without any fault.
    return max(0, (requests - failed) * 100 / requests - penalty)
  }
}

/// One hour of an endpoint.
package struct EndpointHour: Sendable, Equatable {
  /// When it began, in milliseconds since 1970.
  package var at: Int64
  /// Attempts that say something about it.
  package var requests = 0
  /// By its fault, those that were cut or stood still included.
  package var failures = 0
  package var truncated = 0
  package var stalled = 0
  package var firstContentP50: Duration?

  package init(at: Int64) { self.at = at }
}
