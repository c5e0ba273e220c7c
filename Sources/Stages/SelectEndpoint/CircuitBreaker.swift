import Pipeline

/// The health of one endpoint as a state machine: closed, benched, or coming back.
///
/// Benched by the predecessor's rule: within the window there was more than one request and all failed. When
/// the time on the bench is over one request may probe; its success closes the circuit, its failure benches
/// again at once, for twice as long each time, up to `maximumBenchTime`.
struct CircuitBreaker: Sendable {
  /// Doubling stops here, unless the configured bench time is longer by itself.
  static let maximumBenchTime: Duration = .seconds(600)
  /// No bench outlasts this, whatever an endpoint asks for.
  static let longestOrder: Duration = .seconds(31 * 86_400)
  /// So many outcomes are remembered at most: a busy endpoint is judged by its latest requests.
  static let maximumOutcomes = 500

  struct Outcome: Sendable {
    var time: MonotonicTime
    var hasFailed: Bool
    /// The id of the request.
    var request: String?
  }

  private struct Bench: Sendable {
    var end: MonotonicTime
    var cause: String
    /// The endpoint named the time itself, so only time lifts it.
    var isOrdered: Bool
    /// Until then the request that probes has time to report.
    var probeEnd: MonotonicTime?
  }

  enum Status: Equatable {
    case closed
    case benched(until: MonotonicTime, cause: String)
    case returning
  }

  private(set) var outcomes: [Outcome] = []
  /// Kept after its end, until an outcome says how it went on.
  private var bench: Bench?
  /// Probes that failed in a row.
  private var strikes = 0
  /// Answers in a row since the bench was over.
  private var recoveries = 0
  /// Since when it is back, and how many thousandths of its next request it has earned.
  private var comeback: (start: MonotonicTime, credit: Int)?

  func status(at now: MonotonicTime) -> Status {
    guard let bench else { return .closed }
    if now < bench.end { return .benched(until: bench.end, cause: bench.cause) }
    if let probeEnd = bench.probeEnd, now < probeEnd {
      return .benched(until: probeEnd, cause: "another request is probing it")
    }
    return .returning
  }

  /// The status for a request that would go there first; on the way back from the bench the first one is let
  /// through as if it were closed, the others find it benched.
  ///
  /// - Parameter slowStart: for so long after its return it takes a growing part of the requests only.
  mutating func claim(at now: MonotonicTime, benchTime: Duration, slowStart: Duration = .zero) -> Status {
    let status = status(at: now)
    if status == .closed { return claimAfterReturn(at: now, slowStart) }
    guard status == .returning else { return status }
    // A probe that never reports (its client left) must not keep the endpoint out for ever.
    bench?.probeEnd = now + min(benchTime, Self.longestOrder)
    return .closed
  }

  /// Exact shares, as in `Rotation`: a tenth of the requests at first, all of them when the time is over.
  private mutating func claimAfterReturn(at now: MonotonicTime, _ slowStart: Duration) -> Status {
    guard let start = comeback?.start, now - start < slowStart else {
      comeback = nil
      return .closed
    }
    let credit = (comeback?.credit ?? 0) + max(100, Int(1000 * ((now - start) / slowStart)))
    comeback?.credit = credit >= 1000 ? credit - 1000 : credit
    return credit >= 1000
      ? .closed : .benched(until: start + slowStart, cause: "it takes a part of the requests")
  }

  /// - Parameter threshold: so many successes in a row lift a bench.
  mutating func recordSuccess(at now: MonotonicTime, window: Duration, threshold: Int = 1) {
    if let bench, now >= bench.end || !bench.isOrdered {
      recoveries += 1
      // The next one may probe at once.
      self.bench?.probeEnd = nil
      guard recoveries >= threshold else { return }
      self.bench = nil
      recoveries = 0
      comeback = (now, 0)
      strikes = 0
      outcomes = []
    }
    append(Outcome(time: now, hasFailed: false), window: window)
  }

  mutating func recordFailure(
    at now: MonotonicTime, code: ProxyFailure.Code, request: String? = nil, window: Duration,
    benchTime: Duration
  ) {
    append(Outcome(time: now, hasFailed: true, request: request), window: window)
    guard let bench else {
      guard outcomes.count > 1, outcomes.allSatisfy(\.hasFailed) else { return }
      return start(
        for: benchTime, at: now,
        cause: "all \(outcomes.count) requests of late failed, the last one with \(code.rawValue)"
          + culpritsText)
    }
    // Requests that were under way when it was benched, or sent as a last resort, change nothing.
    guard now >= bench.end else { return }
    recoveries = 0
    strikes += 1
    let doubled = benchTime * (1 << min(strikes, 10))
    start(
      for: min(doubled, max(Self.maximumBenchTime, benchTime)), at: now,
      cause: "the request that probed it failed with \(code.rawValue)" + culpritsText)
  }

  /// The requests behind a bench, the latest ones at least.
  var culprits: [String] { outcomes.suffix(3).filter(\.hasFailed).compactMap(\.request) }

  private var culpritsText: String {
    culprits.isEmpty ? "" : " (\(culprits.joined(separator: ", ")))"
  }

  /// Benches because the endpoint said so. Never shortens a bench; no time at all is no bench.
  mutating func order(for duration: Duration, at now: MonotonicTime, cause: String) {
    guard duration > .zero else { return }
    let end = now + min(duration, Self.longestOrder)
    bench = Bench(end: max(end, bench?.end ?? end), cause: cause, isOrdered: true)
  }

  /// The bench, if it is one, as it can be stored.
  var stored: (end: MonotonicTime, cause: String, isOrdered: Bool)? {
    bench.map { ($0.end, $0.cause, $0.isOrdered) }
  }

  /// Puts a stored bench back.
  mutating func restore(until end: MonotonicTime, cause: String, isOrdered: Bool) {
    bench = Bench(end: end, cause: cause, isOrdered: isOrdered)
  }

  /// Forgets the bench and what led to it.
  mutating func reset() {
    bench = nil
    strikes = 0
    outcomes = []
  }

  /// Drops outcomes that left the window.
  mutating func prune(at now: MonotonicTime, window: Duration) {
    let expired = outcomes.prefix { now - $0.time >= window }.count
    outcomes.removeFirst(max(expired, outcomes.count - Self.maximumOutcomes))
  }

  private mutating func append(_ outcome: Outcome, window: Duration) {
    outcomes.append(outcome)
    prune(at: outcome.time, window: window)
  }

  private mutating func start(for duration: Duration, at now: MonotonicTime, cause: String) {
    bench = Bench(end: now + min(duration, Self.longestOrder), cause: cause, isOrdered: false)
  }
}
