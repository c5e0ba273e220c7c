import Pipeline

/// An answer that was cut after the client had seen text of it, carried on by another endpoint
/// (`failover.resume: text`).
extension Failover {
  /// Asks the candidates after the one that broke off, and in the end that one once more, to go on with its text.
  ///
  /// Throws `failure` after it dropped the connection when none of them could.
  func carryOn(
    _ partial: PartialAnswer, after failure: ProxyFailure, _ routed: RoutedRequest, from index: Int,
    _ client: ClientStream, _ exchange: Exchange
  ) async throws(ProxyFailure) {
    var (failure, places) = (failure, order(after: index, in: routed))
    while let place = places.popFirst() {
      guard let run = try prepareContinuation(partial, routed, place, client, exchange) else { continue }
      let outcome = await run.run(.messages)
      switch outcome {
      case .missed(let missed) where missed.failure.code == .emptyAnswer:
        // Who has seen all of it has nothing to add: it was whole.
        run.end("served: nothing was missing", failure: nil)
        try await client.send(partial.content.ending)
        return try await client.finish()
      case .missed(let missed):
        run.end(places.isEmpty ? "dropped" : RetryDecision.nextEndpoint.rawValue, failure: missed.failure)
        blame(run, for: missed, in: routed)
        failure = missed.failure
      case .interrupted(let interruption):
        note(interruption, of: run)
        (failure, places) = (interruption, order(after: place, in: routed))
      case .served, .endedEarly, .dropped, .cancelled:
        _ = try note(outcome, of: run, routed.tagged)
        return
      }
    }
    client.drop()
    throw failure
  }

  /// Closes the record of an attempt whose answer somebody else carries on.
  @inline(never)
  func note(_ interruption: ProxyFailure, of run: AttemptRun<Source>) {
    run.end("carried on elsewhere", failure: interruption)
    health.bench(
      run.endpoint.name, for: options.benchTime, cause: "\(interruption.code.rawValue) (\(run.exchange.id))")
  }

  private func order(after index: Int, in routed: RoutedRequest) -> ArraySlice<Int> {
    // The demo endpoint would go on with a text of its own.
    let others = routed.candidates.indices.filter { $0 > index && !routed.candidates[$0].isDemo }
    return ArraySlice(others + [index])
  }

  /// Nil when this candidate cannot be asked.
  @inline(never)
  private func prepareContinuation(
    _ partial: PartialAnswer, _ routed: RoutedRequest, _ index: Int, _ client: ClientStream,
    _ exchange: Exchange
  ) throws(ProxyFailure) -> AttemptRun<Source>? {
    let content = partial.content
    let request = try ContinuationRequest(routed.tagged, after: content, at: routed.candidates[index])
    let continued = RoutedRequest(
      tagged: request.tagged, candidates: routed.candidates, skipped: routed.skipped)
    let splice = ContinuationSplice(after: content, form: request.form)
    let number = exchange.recordSoFar.attempts + 1
    switch prepare(continued, index, number, client, exchange, partial, splice) {
    case .ask(let run):
      partial.beginContinuation()
      return run
    case .answer, .pass: return nil
    }
  }
}
