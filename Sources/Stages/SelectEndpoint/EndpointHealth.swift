package import Pipeline
import Synchronization

/// What is known of the endpoints from the requests they served: who is benched, who is quick, who serves whom.
///
/// Keyed by endpoint name and owned outside the flow, so it survives a reload of the configuration. Whoever
/// runs the attempts reports here: once for each request and endpoint, after its last try there, not once a
/// try. `count_tokens` and relayed requests are never reported: they say nothing about answering messages.
package final class EndpointHealth: Sendable {
  package enum Status: Sendable, Equatable {
    case available
    /// Its time on the bench is over; the request that wins `claim` probes it.
    case returning
    /// Benched until this time (milliseconds since 1970).
    case benched(until: Int64, cause: String)
  }

  /// One endpoint as the dashboard shows it.
  package struct Snapshot: Sendable, Equatable {
    package var status: Status
    /// Reported within the bench window.
    package var requests: Int
    package var failures: Int
    package var lastFailure: ProxyFailure.Code?
    /// Moving average; nil when unknown or too old to be trusted.
    package var timeToFirstToken: Duration?
  }

  /// An endpoint on the bench, as it can be stored.
  package struct Bench: Sendable, Equatable {
    package var endpoint: String
    /// Milliseconds since 1970.
    package var until: Int64
    package var cause: String
    /// The endpoint named the time itself.
    package var isOrdered: Bool

    package init(endpoint: String, until: Int64, cause: String, isOrdered: Bool) {
      self.endpoint = endpoint
      self.until = until
      self.cause = cause
      self.isOrdered = isOrdered
    }
  }

  private struct Condition {
    var breaker = CircuitBreaker()
    var lastFailure: ProxyFailure.Code?
    /// Milliseconds, and when it was last measured.
    var latency: (average: Double, measured: MonotonicTime)?
    /// What it said last of its quota.
    var limits: RateLimits?
  }

  private struct State {
    var options: FailoverOptions
    var conditions: [String: Condition] = [:]
    var sessions = RecentSessions()
  }

  /// The weight of the newest measurement in the average.
  private static let smoothing = 0.3
  /// Older averages are forgotten, so that an endpoint that was slow once is tried again.
  private static let latencyMemory: Duration = .seconds(600)
  /// Longer session ids are not remembered: the map's memory stays bounded.
  private static let longestSession = 256

  private let time: any TimeSource
  private let onBench: @Sendable ([Bench]) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - benches: of the last run; those that are over are ignored.
  ///   - onBench: gets all benches whenever one begins or ends by a report; called on the reporter's thread, so it
  ///     must not block.
  package init(
    options: FailoverOptions = FailoverOptions(), benches: [Bench] = [], time: any TimeSource,
    onBench: @escaping @Sendable ([Bench]) -> Void = { _ in }
  ) {
    self.time = time
    self.onBench = onBench
    var state = State(options: options)
    for bench in benches {
      let left = min(bench.until - time.wallMilliseconds, CircuitBreaker.longestOrder.nanoseconds / 1_000_000)
      guard left > 0 else { continue }
      state.conditions[bench.endpoint, default: Condition()].breaker.restore(
        until: time.now + .milliseconds(left), cause: bench.cause, isOrdered: bench.isOrdered)
    }
    self.state = Mutex(state)
  }

  /// Takes over new options after a reload and forgets endpoints that are gone.
  package func reconfigure(_ options: FailoverOptions, endpoints: [Endpoint]) {
    let names = Set(endpoints.map(\.name))
    state.withLock { state in
      state.options = options
      state.conditions = state.conditions.filter { names.contains($0.key) }
    }
  }

  // MARK: Reports

  /// A request was answered whole. Lifts a bench that failures caused, not one the endpoint asked for.
  package func recordSuccess(_ endpoint: String, timeToFirstToken: Duration? = nil) {
    change(endpoint) { condition, options, now in
      condition.breaker.recordSuccess(
        at: now, window: options.benchWindow, threshold: options.recoveryThreshold)
      guard let latest = timeToFirstToken?.milliseconds else { return }
      let average = condition.latency.map { $0.average + Self.smoothing * (latest - $0.average) }
      condition.latency = (average ?? latest, now)
    }
  }

  /// All tries of a request at this endpoint failed, the last one with `code`.
  ///
  /// - Parameter request: its id, for who wants to know why an endpoint was benched.
  package func recordFailure(_ endpoint: String, code: ProxyFailure.Code, request: String? = nil) {
    change(endpoint) { condition, options, now in
      condition.lastFailure = code
      condition.breaker.recordFailure(
        at: now, code: code, request: request, window: options.benchWindow, benchTime: options.benchTime)
    }
  }

  /// Benches because the endpoint asked for it (`retry-after`), at most 31 days. Never shortens a bench.
  package func bench(_ endpoint: String, for duration: Duration, cause: String) {
    change(endpoint) { condition, _, now in
      condition.breaker.order(for: duration, at: now, cause: cause)
    }
  }

  /// Benches until a wall-clock time (milliseconds since 1970), as rate-limit resets name it.
  package func bench(_ endpoint: String, until wallMilliseconds: Int64, cause: String) {
    let now = time.wallMilliseconds
    let longest = CircuitBreaker.longestOrder.nanoseconds / 1_000_000
    let end = min(max(wallMilliseconds, now), now + longest)
    bench(endpoint, for: .milliseconds(end - now), cause: cause)
  }

  /// Takes in what an answer says about the quota behind it, and benches the endpoint until there is some again.
  package func note(_ limits: RateLimits, of endpoint: String, isRefused: Bool, heedsWarnings: Bool) {
    change(endpoint) { condition, _, _ in condition.limits = limits }
    guard let rest = limits.rest(isRefused: isRefused, heedsWarnings: heedsWarnings) else { return }
    bench(endpoint, until: rest.until, cause: rest.cause)
  }

  /// Forgets the bench and the failures behind it: the user knows better.
  package func reset(_ endpoint: String) {
    change(endpoint) { condition, _, _ in condition.breaker.reset() }
  }

  /// A session was served whole by this endpoint, where its prompt cache is now warm.
  package func noteServed(session: String, tags: Set<String>, endpoint: String) {
    guard session.utf8.count <= Self.longestSession else { return }
    state.withLock { $0.sessions.remember(RecentSessions.Key(session: session, tags: tags), at: endpoint) }
  }

  // MARK: Questions

  /// The part of its quota that an endpoint has left, from 0 to 1; 1 when it never said.
  package func headroom(of endpoint: String) -> Double {
    let now = time.wallMilliseconds
    return state.withLock { $0.conditions[endpoint]?.limits?.headroom(at: now) ?? 1 }
  }

  package func status(of endpoint: String) -> Status {
    let now = time.now
    return status(state.withLock { $0.conditions[endpoint]?.breaker.status(at: now) } ?? .closed, at: now)
  }

  /// Asks for the first place at this endpoint: `available` is a yes, `returning` is never the answer.
  ///
  /// Of the requests that meet a returning endpoint the first gets it, as a probe. The others see it benched
  /// until the probe was reported on, but for no longer than the configured bench time.
  package func claim(_ endpoint: String) -> Status {
    let now = time.now
    let answer = state.withLock { state in
      state.conditions[endpoint]?.breaker.claim(
        at: now, benchTime: state.options.benchTime, slowStart: state.options.slowStart) ?? .closed
    }
    return status(answer, at: now)
  }

  /// Time to first token, an exponentially weighted moving average; nil when unknown or ten minutes old.
  package func timeToFirstToken(_ endpoint: String) -> Duration? {
    let now = time.now
    return state.withLock { Self.latency($0.conditions[endpoint], at: now) }
  }

  /// The endpoint that served this session's requests with these tags last.
  package func endpoint(ofSession session: String, tags: Set<String>) -> String? {
    state.withLock { $0.sessions.endpoint(of: RecentSessions.Key(session: session, tags: tags)) }
  }

  /// The ids of the latest requests that failed at this endpoint, newest last.
  package func culprits(of endpoint: String) -> [String] {
    state.withLock { $0.conditions[endpoint]?.breaker.culprits ?? [] }
  }

  /// Every endpoint anything was reported of.
  package func snapshots() -> [String: Snapshot] {
    let now = time.now
    return state.withLock { state in
      state.conditions.mapValues { condition in
        var breaker = condition.breaker
        breaker.prune(at: now, window: state.options.benchWindow)
        return Snapshot(
          status: status(breaker.status(at: now), at: now), requests: breaker.outcomes.count,
          failures: breaker.outcomes.count(where: \.hasFailed), lastFailure: condition.lastFailure,
          timeToFirstToken: Self.latency(condition, at: now))
      }
    }
  }

  private func change(
    _ endpoint: String, _ body: (inout Condition, FailoverOptions, MonotonicTime) -> Void
  ) {
    let now = time.now
    let wall = time.wallMilliseconds
    let benches = state.withLock { state -> [Bench]? in
      let before = state.conditions[endpoint]?.breaker.stored?.end
      body(&state.conditions[endpoint, default: Condition()], state.options, now)
      guard state.conditions[endpoint]?.breaker.stored?.end != before else { return nil }
      return state.conditions.compactMap { name, condition in
        condition.breaker.stored.map { bench in
          Bench(
            endpoint: name, until: wall + (bench.end - now).nanoseconds / 1_000_000, cause: bench.cause,
            isOrdered: bench.isOrdered)
        }
      }.sorted { $0.endpoint < $1.endpoint }
    }
    if let benches { onBench(benches) }
  }

  private static func latency(_ condition: Condition?, at now: MonotonicTime) -> Duration? {
    guard let latency = condition?.latency, now - latency.measured < latencyMemory else { return nil }
    return .milliseconds(latency.average)
  }

  /// The wall clock may jump, so it is asked only when a time is shown.
  private func status(_ status: CircuitBreaker.Status, at now: MonotonicTime) -> Status {
    switch status {
    case .closed: .available
    case .returning: .returning
    case .benched(let until, let cause):
      .benched(until: time.wallMilliseconds + (until - now).nanoseconds / 1_000_000, cause: cause)
    }
  }
}
