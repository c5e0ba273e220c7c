package import Pipeline

/// Tries the candidates in order until one answer is whole and valid, and streams it to the client.
///
/// Nothing of an attempt reaches the client before its commit (DESIGN §2.3), so every failure until then is
/// retried invisibly by the table of `FailureClass`. What happens after it is said in `CutPolicy`.
///
/// Throws what the client is to be told if it was told nothing yet; once it has a head, ends or drops the
/// answer itself before throwing.
package struct Failover<Source: Step, S: Stage>: Step
where
  Source.Input == UpstreamCall, Source.Output == UpstreamAnswer, S.Input == Bytes, S.Output == MessageEvent
{
  package static var name: StageName { "failover" }

  private let options: FailoverOptions
  private let health: EndpointHealth
  private let shape = ShapeRequest()
  private let flow: AttemptFlow<Source, S>

  package init(
    _ options: FailoverOptions, health: EndpointHealth,
    @AttemptBuilder forEachCandidate flow: () -> AttemptFlow<Source, S>
  ) {
    self.options = options
    self.health = health
    self.flow = flow()
  }

  package var graph: StageGraph { flow.graph }

  package func run(_ routed: RoutedRequest, in exchange: Exchange) async throws(ProxyFailure) {
    guard !routed.candidates.isEmpty else { throw Self.noEndpoint(routed) }
    let client = ClientStream(exchange, pingInterval: options.pingInterval)
    defer { client.noteTotals() }
    var best = BestReply()
    var number = 0
    candidates: for (place, endpoint) in routed.candidates.enumerated() {
      for attemptsHere in 1...max(1, options.triesPerEndpoint) {
        number += 1
        let run = try prepare(routed, endpoint: endpoint, number: number, client: client, exchange: exchange)
        guard let missed = try await attempt(run, endpoint: endpoint, routed: routed) else { return }
        best.consider(missed.failure, reply: missed.reply, endpoint: endpoint.name)
        let isLast = place == routed.candidates.count - 1
        let decision = decide(after: missed, canRepeat: attemptsHere < options.triesPerEndpoint)
        run.end(decision: decision == .client || isLast && decision == .nextEndpoint ? .client : decision)
        switch decision {
        case .sameEndpoint: continue
        case .nextEndpoint: continue candidates
        case .client: break candidates
        }
      }
    }
    try await report(best, to: client, after: number)
  }

  /// One attempt. Returns how it failed, or nil when the client has its answer.
  private func attempt(
    _ run: AttemptRun<Source, S>, endpoint: Endpoint, routed: RoutedRequest
  ) async throws(ProxyFailure) -> AttemptRun<Source, S>.Missed? {
    let kind = routed.tagged.facts.kind
    switch await run.run(kind: kind) {
    case .served(let firstContent):
      if kind == .messages {
        health.recordSuccess(endpoint.name, timeToFirstToken: firstContent)
        if let session = routed.tagged.facts.sessionID {
          health.noteServed(session: session, endpoint: endpoint.name)
        }
      }
      return nil
    case .endedEarly(let failure):
      health.bench(endpoint.name, for: options.benchTime, cause: failure.code.rawValue)
      return nil
    case .dropped(let failure):
      health.bench(endpoint.name, for: options.benchTime, cause: failure.code.rawValue)
      throw failure
    case .cancelled(let failure):
      throw failure
    case .missed(let missed):
      note(missed, endpoint: endpoint, kind: kind)
      return missed
    }
  }

  private func prepare(
    _ routed: RoutedRequest, endpoint: Endpoint, number: Int, client: ClientStream, exchange: Exchange
  ) throws(ProxyFailure) -> AttemptRun<Source, S> {
    let shaped = try shape.shape(routed.tagged, for: endpoint)
    let attempt = Attempt(
      exchange: exchange, number: number, endpoint: endpoint.name, expectation: shaped.expectation)
    exchange.note { record in
      record.attempts = number
      record.endpoint = endpoint.name
    }
    return AttemptRun(
      source: flow.source, stage: flow.stage.prepared(for: attempt), attempt: attempt, shaped: shaped,
      client: client, options: options, isFirstEndpoint: endpoint.name == routed.candidates.first?.name)
  }

  private func decide(after missed: AttemptRun<Source, S>.Missed, canRepeat: Bool) -> RetryDecision {
    var decision = missed.failure.failureClass.decision(options)
    if decision == .sameEndpoint, !canRepeat || missed.forbidsRetry { decision = .nextEndpoint }
    return decision
  }

  /// Tells the endpoint's health. `count_tokens` never counts.
  private func note(
    _ missed: AttemptRun<Source, S>.Missed, endpoint: Endpoint, kind: RequestFacts.Kind
  ) {
    guard kind == .messages, missed.failure.failureClass.countsAgainstEndpoint else { return }
    health.recordFailure(endpoint.name, code: missed.failure.code)
    if let wait = missed.retryAfter {
      health.bench(
        endpoint.name, for: wait,
        cause: "\(missed.failure.code.rawValue), retry-after \(Int(wait.components.seconds)) s")
    }
  }

  /// Every candidate failed: the most useful answer goes to the client unmodified.
  private func report(
    _ best: BestReply, to client: ClientStream, after attempts: Int
  ) async throws(ProxyFailure) {
    let failure = best.overallFailure(attempts: attempts)
    guard client.hasHead else {
      if let reply = best.reply { try await client.relay(reply, options: options) }
      throw failure
    }
    try await client.sendError(failure)
    throw failure
  }

  private static func noEndpoint(_ routed: RoutedRequest) -> ProxyFailure {
    let reasons = routed.skipped.map { "\($0.endpoint): \($0.reason)" }.joined(separator: "; ")
    return ProxyFailure(
      .noEndpoint, origin: .proxy, stage: name, retry: .never, httpStatus: 503,
      detail: reasons.isEmpty
        ? "No endpoint is configured."
        : "No configured endpoint can serve this request (\(reasons)).")
  }
}
