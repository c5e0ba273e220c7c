import Pipeline

/// What follows a failure that the client has not noticed: the user's rules, else the table, within what a request
/// may cost.
extension Failover {
  /// What a request may still cost at one endpoint.
  struct Tries {
    var left: Int
    /// Pauses so far.
    var pauses = 0
    var mayDropThinking = true
    var mayRenewLogin = true
    /// Parameters that may still be left out.
    var parameters = 3

    /// The number of the pause that comes now, from 0.
    mutating func next() -> Int {
      defer { pauses += 1 }
      return pauses
    }
  }

  // Never inlined: its variables would lie in the frame of `run` for as long as an answer takes.
  @inline(never)
  func decide(
    after missed: Missed, of run: AttemptRun<Source>, _ routed: RoutedRequest, _ tries: inout Tries
  ) -> (decision: RetryDecision, reason: String) {
    var decision: RetryDecision
    var reason = ""
    if let number = options.rules.firstIndex(where: { $0.holds(for: missed) }) {
      decision = follow(options.rules[number], number, run.endpoint)
      reason = ", failover.rules[\(number)]"
    } else {
      decision = fromTable(missed, run, routed, &tries)
    }
    // Who wants to be left alone for longer is not worth waiting for.
    let isPatient = missed.retryAfter ?? .zero <= FailoverOptions.longestPause
    if decision == .sameEndpoint, tries.left == 0 || missed.forbidsRetry || !isPatient {
      decision = .nextEndpoint
    }
    if decision != .client, let budget = options.budget, run.exchange.elapsed >= budget {
      (decision, reason) = (.client, ", failover.budget is spent")
    }
    let isLast = run.endpoint.name == routed.candidates.last?.name
    if decision == .nextEndpoint, isLast {
      // Who moves a request that has nowhere else to go wants it asked anew.
      decision = missed.failureClass == .moved && tries.left > 0 ? .sameEndpoint : .client
    }
    return (decision, decision.rawValue + reason)
  }

  private func fromTable(
    _ missed: Missed, _ run: AttemptRun<Source>, _ routed: RoutedRequest, _ tries: inout Tries
  ) -> RetryDecision {
    if missed.failureClass == .request, dropParameter(missed, of: run, &tries) { return .withoutParameter }
    let decision = missed.failureClass.decision(options)
    guard decision == .withoutThinking, !dropThinking(missed, at: run.endpoint, routed, &tries) else {
      return decision
    }
    return FailureClass.request.decision(options)
  }

  private func follow(_ rule: FailureRule, _ number: Int, _ endpoint: Endpoint) -> RetryDecision {
    switch rule.action {
    case .retry: return .sameEndpoint
    case .switchEndpoint: return .nextEndpoint
    case .passThrough: return .client
    case .bench(let duration):
      health.bench(endpoint.name, for: duration, cause: "failover.rules[\(number)]")
      return .nextEndpoint
    }
  }

  /// Waits before the same endpoint is asked again: what it asks for, else longer each time, and for nobody as long
  /// as for anybody else, so that clients who failed together do not come back together.
  func pause(
    before number: Int, _ missed: Missed, _ client: ClientStream, _ exchange: Exchange
  ) async throws(ProxyFailure) {
    let own = options.backOff * (1 << min(number, 10)) * Double.random(in: 0.5..<1)
    let wanted = min(max(own, missed.retryAfter ?? .zero), FailoverOptions.longestPause)
    guard wanted > .zero else { return }
    try await exchange.pause(until: exchange.time.now + wanted) { () async throws(ProxyFailure) in
      if client.hasHead { try await client.pingIfSilent(nil) }
      return client.hasHead ? client.nextPing : .distantFuture
    }
  }

  /// Sees to it that the next try, if it is allowed, goes without the refused thinking.
  private func dropThinking(
    _ missed: Missed, at endpoint: Endpoint, _ routed: RoutedRequest, _ tries: inout Tries
  ) -> Bool {
    guard tries.mayDropThinking, let refusal = missed.refusal,
      reasoning.learn(refusal, of: routed.tagged, by: endpoint)
    else { return false }
    tries.mayDropThinking = false
    tries.left += 1
    return true
  }

  private func dropParameter(_ missed: Missed, of run: AttemptRun<Source>, _ tries: inout Tries) -> Bool {
    guard tries.parameters > 0, let words = missed.reply?.body,
      shape.learn(words, of: run.shaped, by: run.endpoint) != nil
    else { return false }
    tries.parameters -= 1
    tries.left += 1
    return true
  }
}
