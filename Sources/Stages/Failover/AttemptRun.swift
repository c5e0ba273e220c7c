import HTTPTypes
import Pipeline

/// One attempt at one endpoint: the call, the checks, and what of it reached the client.
///
/// A class, so that the frames of a waiting task hold a reference and not all of this.
final class AttemptRun<Source: Step>
where Source.Input == UpstreamCall, Source.Output == UpstreamAnswer {
  enum Outcome {
    /// The client has one whole answer.
    case served(firstContent: Duration?)
    /// The answer was cut after a complete tool call, and ended in good order there.
    case endedEarly(ProxyFailure)
    /// The client has part of an answer that another endpoint may carry on.
    case interrupted(ProxyFailure)
    /// The client has part of an answer; its connection was dropped.
    case dropped(ProxyFailure)
    /// The client left, or the proxy stops.
    case cancelled(ProxyFailure)
    /// Nothing of the answer reached the client.
    case missed(Missed)
  }

  let source: Source
  let stage: RunningStage<Bytes, MessageEvent>
  let attempt: Attempt
  let endpoint: Endpoint
  let shaped: ShapedRequest
  let client: ClientStream
  let options: FailoverOptions
  private let health: EndpointHealth
  /// Whose meters get the repairs of this attempt at its end.
  let graph: StageGraph
  var record: AttemptRecord
  var hold: HoldBack
  /// What the client has of the answer; nil when nobody else could carry it on.
  let partial: PartialAnswer?
  /// Set when another endpoint may be quicker.
  var race: HedgeRace?
  private let isFirst: Bool
  /// Makes this answer the rest of one that was cut.
  var splice: ContinuationSplice?
  let started: MonotonicTime

  init(
    source: Source, stage: RunningStage<Bytes, MessageEvent>, attempt: Attempt, endpoint: Endpoint,
    shaped: ShapedRequest, isFirst: Bool, client: ClientStream, partial: PartialAnswer?,
    splice: ContinuationSplice?,
    options: FailoverOptions, health: EndpointHealth, graph: StageGraph
  ) {
    self.source = source
    self.stage = stage
    self.attempt = attempt
    self.endpoint = endpoint
    self.shaped = shaped
    self.isFirst = isFirst
    self.client = client
    self.partial = partial
    self.splice = splice
    self.options = options
    self.health = health
    self.graph = graph
    hold = HoldBack(options, openText: splice == nil ? nil : partial?.content.openText)
    started = attempt.started
    record = AttemptRecord(
      exchange: attempt.exchange.id, number: attempt.number, endpoint: attempt.endpoint,
      url: shaped.request.url)
    record.model = shaped.modelSent
    record.degradations = shaped.degradations.map(\.description)
    record.requestFields = redacted(shaped.request.fields)
    record.bytesSent = shaped.request.body.count
    record.started = attempt.exchange.elapsed
    if splice != nil { record.continuesAt = client.bytesSent }
  }

  var exchange: Exchange { attempt.exchange }
  var elapsed: Duration { exchange.time.now - started }

  /// Runs to the end of the attempt. The transfer never outlives it.
  func run(_ kind: RequestFacts.Kind) async -> Outcome {
    if shaped.bodyChanged {
      exchange.log.append(
        shaped.request.body, to: .requestSent(attempt: attempt.number), of: exchange.id)
    }
    do throws(ProxyFailure) {
      let answer = try await source.run(call, in: exchange)
      defer { answer.stream.cancel() }
      note(answer.head)
      do throws(ProxyFailure) {
        if let missed = try await deliver(answer, kind: kind) { return .missed(missed) }
        return .served(firstContent: record.firstContent)
      } catch {
        record.bytesReceived = answer.stream.bytesDelivered
        return await cut(by: error, in: answer.head)
      }
    } catch {
      return await cut(by: error, in: nil)
    }
  }

  private var call: UpstreamCall {
    var call = UpstreamCall(request: shaped.request) { [waiting] () async throws(ProxyFailure) in
      // Without a head the client waits patiently, and an honest status is still possible.
      guard waiting.client.hasHead else { return .distantFuture }
      try await waiting.pingIfSilent(nil)
      return waiting.nextPing
    }
    if let race { call.whenStarted = { [number = attempt.number] in race.join(number, $0) } }
    return call
  }

  var waiting: WaitingClient { WaitingClient(client: client, race: race, attempt: attempt.number) }

  /// Before the first content: throws if another attempt has the client.
  func claimClient() throws(ProxyFailure) {
    guard let race else { return }
    try race.claim(attempt.number)
    client.serve(from: endpoint.name, isFirst: isFirst, attempt: attempt.number)
    exchange.note { [name = endpoint.name] in $0.endpoint = name }
  }

  private func note(_ head: UpstreamHead) {
    if endpoint.dialect == .anthropic, let limits = RateLimits(head.fields) {
      health.note(
        limits, of: endpoint.name, isRefused: head.status == 429, heedsWarnings: endpoint.enhancedProtection)
    }
    exchange.progress.note(byte: exchange.time.now, progress: exchange.time.now)
    record.status = head.status
    record.httpVersion = head.version
    record.reusedConnection = head.reusedConnection
    record.connect = head.connect
    record.firstByte = elapsed
    record.responseFields = redacted(head.fields)
  }

  /// Hands the answer on; returns how it failed if the endpoint refused.
  private func deliver(
    _ answer: UpstreamAnswer, kind: RequestFacts.Kind
  ) async throws(ProxyFailure) -> Missed? {
    guard (200..<300).contains(answer.head.status) || kind == .passThrough && answer.head.status == 304 else {
      return try await refusal(answer)
    }
    switch kind {
    case .messages where attempt.expectation.isStreamed: try await stream(answer)
    case .messages: try await wholeMessage(answer)
    case .countTokens: try await wholeCount(answer)
    case .passThrough: try await relay(answer)
    }
    record.bytesReceived = answer.stream.bytesDelivered
    return nil
  }

  /// What follows when the stream broke, by what the client already has.
  private func cut(by failure: ProxyFailure, in head: UpstreamHead?) async -> Outcome {
    guard failure.origin != .client, !exchange.isCancelled else { return .cancelled(failure) }
    if attempt.isAnswerWhole, let head, await finishWhole(head) {
      return .served(firstContent: record.firstContent)
    }
    guard hold.hasCommitted || hold.shown.hasStopReason else {
      return .missed(Missed(endpoint: attempt.endpoint, failure: failure))
    }
    do throws(ProxyFailure) {
      if hold.shown.hasEnded {
        // The client has all of it: what broke after message_stop is nobody's loss.
        try await client.finish()
        return .served(firstContent: record.firstContent)
      }
      if hold.shown.hasStopReason, let head {
        // The answer is whole; only its last event is missing (V33).
        attempt.countRepair("V33", by: ValidateProtocol.name)
        try await finishAfterStopReason(head)
        return .served(firstContent: record.firstContent)
      }
      if let partial, partial.canContinue(hold.shown) { return .interrupted(failure) }
      switch CutPolicy.action(for: hold.shown, outputTokens: outputTokensSoFar) {
      case .end(let events):
        try await client.send(events)
        try await client.finish()
        return .endedEarly(failure)
      case .drop:
        client.drop()
        return .dropped(failure)
      }
    } catch {
      return .cancelled(error)
    }
  }

  /// The endpoint's last count, or an estimate: an event of some 160 bytes carries about four tokens.
  private var outputTokensSoFar: Int {
    max(attempt.report.usage.output ?? 0, client.bytesSent / 40)
  }

  /// Closes the record of the attempt and hands it to the journal.
  func end(_ decision: String, failure: ProxyFailure?) {
    record.decision = decision
    record.total = elapsed
    record.report = attempt.report
    graph.count(repairs: attempt.repairs)
    if let failure {
      record.failureCode = failure.code.rawValue
      record.failureStage = failure.stage.rawValue
      record.failureRule = failure.rule
      record.failureDetail = failure.detail
    }
    exchange.log.end(record)
    exchange.note { [report = record.report] in $0.report = report }
  }
}
