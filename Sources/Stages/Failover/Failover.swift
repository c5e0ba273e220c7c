package import Pipeline

/// Tries the candidates in order until one answer is whole and valid, and streams it to the client.
///
/// Nothing of an attempt reaches the client before its commit (DESIGN §2.3), so every failure until then is
/// retried invisibly by the table of `FailureClass`. What happens after it is said in `CutPolicy`.
///
/// Throws what the client is to be told if it was told nothing yet; once it has a status line, ends or drops
/// the answer itself before throwing.
package struct Failover<Source: Step, S: Stage>: Step
where
  Source.Input == UpstreamCall, Source.Output == UpstreamAnswer, S.Input == Bytes, S.Output == MessageEvent
{
  package static var name: StageName { "failover" }

  private let options: FailoverOptions
  private let health: EndpointHealth
  private let shape: ShapeRequest
  private let flow: AttemptFlow<Source, S>
  package let graph: StageGraph

  package init(
    _ options: FailoverOptions, health: EndpointHealth, shape: ShapeRequest,
    @AttemptBuilder forEachCandidate flow: () -> AttemptFlow<Source, S>
  ) {
    self.options = options
    self.health = health
    self.shape = shape
    self.flow = flow()
    graph = self.flow.graph
  }

  package func run(_ routed: RoutedRequest, in exchange: Exchange) async throws(ProxyFailure) {
    guard let last = routed.candidates.last else { throw Self.noEndpoint(routed, exchange) }
    let client = ClientStream(exchange, options: options)
    defer { client.noteTotals() }
    var best = BestReply()
    var number = 0
    candidates: for endpoint in routed.candidates {
      var triesLeft = max(1, options.triesPerEndpoint)
      while triesLeft > 0 {
        triesLeft -= 1
        number += 1
        var run = try prepare(routed, endpoint, number: number, client: client, exchange: exchange)
        guard let missed = try await attempt(&run, at: endpoint, routed) else { return }
        best.consider(missed)
        let decision = decide(after: missed, triesLeft: triesLeft, isLast: endpoint.name == last.name)
        run.end(decision.rawValue, failure: missed.failure)
        switch decision {
        case .sameEndpoint: continue
        case .nextEndpoint:
          blame(endpoint, for: missed, in: routed)
          continue candidates
        case .client:
          blame(endpoint, for: missed, in: routed)
          break candidates
        }
      }
    }
    try await report(best, to: client)
  }

  private func prepare(
    _ routed: RoutedRequest, _ endpoint: Endpoint, number: Int, client: ClientStream, exchange: Exchange
  ) throws(ProxyFailure) -> AttemptRun<Source, S> {
    let shaped = try shape.shape(routed.tagged, for: endpoint)
    let attempt = Attempt(
      exchange: exchange, number: number, endpoint: endpoint.name, expectation: shaped.expectation)
    exchange.note { record in
      record.attempts = number
      record.endpoint = endpoint.name
    }
    client.serve(from: endpoint.name, isFirst: endpoint.name == routed.candidates.first?.name)
    return AttemptRun(
      source: flow.source, stage: flow.stage.prepared(for: attempt), attempt: attempt, shaped: shaped,
      client: client, options: options, graph: graph)
  }

  /// One attempt. Returns how it failed, or nil when the client has its answer.
  private func attempt(
    _ run: inout AttemptRun<Source, S>, at endpoint: Endpoint, _ routed: RoutedRequest
  ) async throws(ProxyFailure) -> Missed? {
    let facts = routed.tagged.facts
    switch await run.run(facts.kind) {
    case .served(let firstContent):
      run.end("served", failure: nil)
      guard facts.kind == .messages else { return nil }
      health.recordSuccess(endpoint.name, timeToFirstToken: firstContent)
      if let session = facts.sessionID {
        health.noteServed(session: session, tags: routed.tagged.tags, endpoint: endpoint.name)
      }
      return nil
    case .endedEarly(let failure):
      run.end("ended after a tool call", failure: failure)
      health.bench(endpoint.name, for: options.benchTime, cause: failure.code.rawValue)
      return nil
    case .dropped(let failure):
      run.end("dropped", failure: failure)
      health.bench(endpoint.name, for: options.benchTime, cause: failure.code.rawValue)
      throw failure
    case .cancelled(let failure):
      run.end("cancelled", failure: failure)
      throw failure
    case .missed(let missed):
      return missed
    }
  }

  private func decide(after missed: Missed, triesLeft: Int, isLast: Bool) -> RetryDecision {
    var decision = missed.failure.failureClass.decision(options)
    if decision == .sameEndpoint, triesLeft == 0 || missed.forbidsRetry { decision = .nextEndpoint }
    return decision == .nextEndpoint && isLast ? .client : decision
  }

  /// Tells the endpoint's health, once for each request. `count_tokens` and relayed paths never count.
  private func blame(_ endpoint: Endpoint, for missed: Missed, in routed: RoutedRequest) {
    guard routed.tagged.facts.kind == .messages, missed.failure.failureClass.countsAgainstEndpoint else {
      return
    }
    health.recordFailure(endpoint.name, code: missed.failure.code)
    if let wait = missed.retryAfter {
      health.bench(
        endpoint.name, for: wait, cause: "HTTP \(missed.failure.httpStatus ?? 0) with retry-after")
    }
  }

  /// Every candidate failed: the most useful answer goes to the client unmodified.
  private func report(_ best: BestReply, to client: ClientStream) async throws(ProxyFailure) {
    let failure = best.overallFailure
    if client.hasHead {
      // It was pinged: a status is no longer possible, the same words are, as an event.
      try await client.sendError(failure)
    } else if let reply = best.reply {
      try await client.relay(reply)
    }
    throw failure
  }

  private static func noEndpoint(_ routed: RoutedRequest, _ exchange: Exchange) -> ProxyFailure {
    let now = exchange.time.wallMilliseconds
    let reasons = routed.skipped.map { $0.line(at: now) }.joined(separator: "; ")
    return ProxyFailure(
      .noEndpoint, origin: .proxy, stage: name, retry: .never, httpStatus: 503,
      detail: reasons.isEmpty
        ? "No endpoint is configured." : "No configured endpoint can serve this request (\(reasons)).")
  }
}
