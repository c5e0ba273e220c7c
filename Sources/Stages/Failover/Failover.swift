package import Pipeline

/// Tries the candidates in order until one answer is whole and valid, and streams it to the client.
///
/// Nothing of an attempt reaches the client before its commit (DESIGN §2.3), so every failure until then is
/// retried invisibly by the table of `FailureClass`. What happens after it is said in `CutPolicy`.
///
/// Throws what the client is to be told if it was told nothing yet; once it has a status line, ends or drops
/// the answer itself before throwing.
package struct Failover<Source: Step>: Step
where Source.Input == UpstreamCall, Source.Output == UpstreamAnswer {
  package static var name: StageName { "failover" }

  let options: FailoverOptions
  let health: EndpointHealth
  let reasoning: ReasoningMemory
  private let logins: OAuthLogins?
  let slots: EndpointSlots
  let shape: ShapeRequest
  private let flow: AttemptFlow<Source, Bytes, MessageEvent>
  package let graph: StageGraph

  /// - Parameters:
  ///   - reasoning: learns whose thinking passes, and what of it is refused.
  ///   - slots: of endpoints that serve only so many requests at once.
  ///   - logins: renews the logins of endpoints that are paid by OAuth; nil to use the configured tokens as they are.
  package init(
    _ options: FailoverOptions, health: EndpointHealth, reasoning: ReasoningMemory,
    logins: OAuthLogins? = nil, slots: EndpointSlots, shape: ShapeRequest,
    @AttemptBuilder forEachCandidate flow: () -> AttemptFlow<Source, Bytes, MessageEvent>
  ) {
    self.options = options
    self.health = health
    self.reasoning = reasoning
    self.logins = logins
    self.slots = slots
    self.shape = shape
    self.flow = flow()
    graph = self.flow.graph
  }

  package func run(_ routed: RoutedRequest, in exchange: Exchange) async throws(ProxyFailure) {
    guard !routed.candidates.isEmpty else { throw Self.noEndpoint(routed, exchange) }
    let client = ClientStream(exchange, options: options)
    defer { client.noteTotals() }
    let partial = PartialAnswer(options, routed.tagged)
    var best = BestReply()
    candidates: for index in routed.candidates.indices {
      let slots = slots.slots(of: routed.candidates[index], options.line)
      if let slots, !(try await enter(slots, routed, index, client, exchange)) {
        best.consider(.busy(routed.candidates[index].name))
        continue
      }
      defer { slots?.leave() }
      var tries = Tries(left: max(1, options.triesPerEndpoint))
      while tries.left > 0 {
        tries.left -= 1
        let run: AttemptRun<Source>
        if routed.candidates[index].usesOAuth { await readyLogin(routed, index) }
        switch prepare(routed, index, exchange.recordSoFar.attempts + 1, client, exchange, partial) {
        case .ask(let prepared): run = prepared
        case .answer(let message): return try await answer(message, routed, index, client, exchange)
        case .pass(let missed):
          best.consider(missed)
          if missed.failure.failureClass.decision(options) == .client { break candidates }
          continue candidates
        }
        let outcome: AttemptRun<Source>.Outcome
        if let wait = options.hedgeAfter, routed.tagged.facts.kind == .messages,
          index + 1 < routed.candidates.count
        {
          guard let hedged = try await hedged(run, routed, index, after: wait, client, exchange, partial)
          else {
            return
          }
          outcome = hedged
        } else {
          outcome = await run.run(routed.tagged.facts.kind)
        }
        if case .interrupted(let failure) = outcome, let partial {
          note(failure, of: run)
          return try await carryOn(partial, after: failure, routed, from: index, client, exchange)
        }
        guard let missed = try note(outcome, of: run, routed.tagged) else { return }
        if tries.mayRenewLogin, missed.failureClass == .account,
          run.endpoint.usesOAuth, await renewLogin(routed, index, run)
        {
          run.end(RetryDecision.withNewLogin.rawValue, failure: missed.failure)
          tries.mayRenewLogin = false
          tries.left += 1
          continue
        }
        let (decision, reason) = decide(after: missed, of: run, routed, &tries)
        run.end(reason, failure: missed.failure)
        // What is mended on our side is nothing to tell the client.
        if decision != .withoutThinking, decision != .withoutParameter { best.consider(missed) }
        switch decision {
        case .withoutThinking, .withoutParameter, .withNewLogin: continue
        case .sameEndpoint: try await pause(before: tries.next(), missed, client, exchange)
        case .nextEndpoint:
          blame(run, for: missed, in: routed)
          continue candidates
        case .client:
          blame(run, for: missed, in: routed)
          break candidates
        }
      }
    }
    try await report(best, routed, to: client, exchange)
  }

  /// What comes of a candidate before it is asked.
  enum Preparation {
    case ask(AttemptRun<Source>)
    /// Nobody needs to be asked.
    case answer(LocalMessage)
    /// It cannot be asked.
    case pass(Missed)
  }

  /// Takes one of the endpoint's slots. Only the last candidate is waited for: until then somebody else may be free.
  private func enter(
    _ slots: Slots, _ routed: RoutedRequest, _ index: Int, _ client: ClientStream, _ exchange: Exchange
  ) async throws(ProxyFailure) -> Bool {
    if slots.tryEnter() { return true }
    if index == routed.candidates.count - 1 {
      let isLet = try await slots.enter(exchange) { () async throws(ProxyFailure) in
        if client.hasHead { try await client.pingIfSilent(nil) }
        return client.hasHead ? client.nextPing : .distantFuture
      }
      if isLet { return true }
    }
    exchange.note { $0.skipped.append("\(routed.candidates[index].name): busy (max_concurrent)") }
    return false
  }

  // Called for these endpoints alone: what an asynchronous call allocates stays with the task, and an endpoint is a
  // large value.
  private func readyLogin(_ routed: RoutedRequest, _ index: Int) async {
    await logins?.ready(routed.candidates[index])
  }

  private func renewLogin(
    _ routed: RoutedRequest, _ index: Int, _ run: AttemptRun<Source>
  ) async -> Bool {
    await logins?.renew(routed.candidates[index], used: run.endpoint) ?? false
  }

  // Never inlined, like what else happens between two waits: its variables would lie in the frame of `run` for
  // as long as the answer takes.
  @inline(never)
  func prepare(
    _ routed: RoutedRequest, _ index: Int, _ number: Int, _ client: ClientStream,
    _ exchange: Exchange, _ partial: PartialAnswer?, _ splice: ContinuationSplice? = nil
  ) -> Preparation {
    let endpoint = logins?.current(routed.candidates[index]) ?? routed.candidates[index]
    let shaped: ShapedRequest
    do throws(ProxyFailure) {
      switch try shape.shape(routed.tagged, for: endpoint) {
      case .send(let request): shaped = request
      case .answerLocally(let message):
        guard message.reason == .onlyServerTools, let better = betterCandidate(routed, after: index) else {
          return .answer(message)
        }
        return pass(
          endpoint,
          ProxyFailure(
            .badRequest, origin: .client, stage: TranslateRequest.name,
            detail: "Its tools run at Anthropic only; \(better) may have them."), exchange)
      }
    } catch {
      return pass(endpoint, error, exchange)
    }
    let attempt = Attempt(
      exchange: exchange, number: number, endpoint: endpoint.name, expectation: shaped.expectation,
      onThinking: { [reasoning] in reasoning.remember($0, from: routed.candidates[index].thinkingOrigin) })
    exchange.note { record in
      record.attempts = number
      record.endpoint = endpoint.name
    }
    client.serve(from: endpoint.name, isFirst: index == 0, attempt: number)
    return .ask(
      AttemptRun(
        source: flow.source, stage: flow.prepare(attempt), attempt: attempt, endpoint: endpoint,
        shaped: shaped, isFirst: index == 0, client: client, partial: partial, splice: splice,
        options: options, health: health,
        graph: graph))
  }

  private func pass(_ endpoint: Endpoint, _ failure: ProxyFailure, _ exchange: Exchange) -> Preparation {
    exchange.note { $0.skipped.append("\(endpoint.name): \(failure.detail)") }
    return .pass(Missed(endpoint: endpoint.name, failure: failure))
  }

  /// What came of an attempt: how it failed, or nil when the client has its answer.
  @inline(never)
  func note(
    _ outcome: AttemptRun<Source>.Outcome, of run: AttemptRun<Source>, _ tagged: TaggedRequest
  ) throws(ProxyFailure) -> Missed? {
    let endpoint = run.endpoint.name
    switch outcome {
    case .served(let firstContent):
      run.end("served", failure: nil)
      guard tagged.facts.kind == .messages else { return nil }
      health.recordSuccess(endpoint, timeToFirstToken: firstContent)
      if let session = tagged.facts.sessionID {
        health.noteServed(session: session, tags: tagged.tags, endpoint: endpoint)
      }
      return nil
    case .endedEarly(let failure):
      run.end("ended after a tool call", failure: failure)
      health.bench(endpoint, for: options.benchTime, cause: "\(failure.code.rawValue) (\(run.exchange.id))")
      return nil
    case .dropped(let failure), .interrupted(let failure):
      run.end("dropped", failure: failure)
      health.bench(endpoint, for: options.benchTime, cause: "\(failure.code.rawValue) (\(run.exchange.id))")
      throw failure
    case .cancelled(let failure):
      run.end("cancelled", failure: failure)
      throw failure
    case .missed(let missed):
      return missed
    }
  }

  /// Tells the endpoint's health, once for each request. `count_tokens` and relayed paths never count.
  @inline(never)
  func blame(_ run: AttemptRun<Source>, for missed: Missed, in routed: RoutedRequest) {
    guard routed.tagged.facts.kind == .messages, missed.failure.failureClass.countsAgainstEndpoint else {
      return
    }
    health.recordFailure(run.endpoint.name, code: missed.failure.code, request: run.exchange.id.text)
    if let wait = missed.retryAfter {
      health.bench(
        run.endpoint.name, for: wait,
        cause: "HTTP \(missed.failure.httpStatus ?? 0) with retry-after (\(run.exchange.id))")
    }
  }

  /// Every candidate failed: the most useful answer goes to the client unmodified.
  private func report(
    _ best: BestReply, _ routed: RoutedRequest, to client: ClientStream, _ exchange: Exchange
  ) async throws(ProxyFailure) {
    let failure = best.overallFailure
    if let index = best.emptyHanded(among: routed.candidates) {
      try await answer(.empty(routed.tagged.request.body), routed, index, client, exchange)
      return
    }
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
