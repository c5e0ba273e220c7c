import Journal
import Pipeline

/// How well an endpoint answered.
package struct Reliability: JSONObject, Equatable {
  /// 0…100; nil without requests.
  package var score: Int?
  /// Attempts that say something about the endpoint.
  package var requests = 0
  /// Cut in the middle.
  package var truncated = 0
  /// Too slow: no first byte, no bytes, no progress.
  package var stalled = 0
  /// Failed in any other way.
  package var failed = 0
  package var firstContentP50: Double?
  package var firstContentP95: Double?

  package init() {}

  package static let schemaName = "Reliability"
  package static let members: [Member<Reliability>] = [
    Member("score", "0…100: the part of attempts that went well") { $0.score },
    Member("requests") { $0.requests },
    Member("truncated") { $0.truncated }, Member("stalled") { $0.stalled },
    Member("failed") { $0.failed }, Member("first_content_p50_ms") { $0.firstContentP50 },
    Member("first_content_p95_ms") { $0.firstContentP95 },
  ]
}

/// The attempts of the last 24 hours at one endpoint, by the hour.
struct ReliabilityWindow: Sendable {
  private struct Hour {
    var number: Int64
    var sum = Reliability()
    var firstContent = LatencyHistogram.Counts()
  }

  private var hours: [Hour] = []

  /// - Parameter hour: hours since 1970.
  mutating func add(_ attempt: AttemptRecord, hour: Int64) {
    let verdict = AttemptVerdict(
      code: attempt.failureCode, status: attempt.status, decision: attempt.decision)
    guard verdict != .none else { return }
    forget(before: hour)
    if hours.last?.number != hour { hours.append(Hour(number: hour)) }
    let last = hours.count - 1
    hours[last].sum.requests += 1
    switch verdict {
    case .good, .none: break
    case .truncated: hours[last].sum.truncated += 1
    case .stalled: hours[last].sum.stalled += 1
    case .failed: hours[last].sum.failed += 1
    }
    if let first = attempt.firstContent { hours[last].firstContent.record(nanoseconds: first.nanoseconds) }
  }

  mutating func summary(hour: Int64) -> Reliability {
    forget(before: hour)
    var (sum, firstContent) = (Reliability(), LatencyHistogram.Counts())
    for hour in hours {
      sum.requests += hour.sum.requests
      sum.truncated += hour.sum.truncated
      sum.stalled += hour.sum.stalled
      sum.failed += hour.sum.failed
      firstContent.add(hour.firstContent)
    }
    sum.firstContentP50 = firstContent.quantile(0.5)?.milliseconds
    sum.firstContentP95 = firstContent.quantile(0.95)?.milliseconds
    if sum.requests > 0 {
      let good = sum.requests - sum.truncated - sum.stalled - sum.failed
      sum.score = Int((Double(good) / Double(sum.requests) * 100).rounded())
    }
    return sum
  }

  private mutating func forget(before hour: Int64) { hours.removeAll { $0.number <= hour - 24 } }
}
