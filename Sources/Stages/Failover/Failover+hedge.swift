import Pipeline

/// A second endpoint asked while the first one keeps the client waiting (`failover.hedge_after`).
extension Failover {
  /// What the second attempt came to.
  private enum Hedge: Sendable {
    /// Nothing reached the client through it.
    case nothing
    /// The client has its answer.
    case served
    /// The client has part of one.
    case broke(ProxyFailure)
  }

  /// The attempt, with the next candidate beside it if no content comes for too long. Nil when that one served.
  ///
  /// Throws what the second one's answer ended with after the client had seen some of it.
  func hedged(
    _ run: AttemptRun<Source>, _ routed: RoutedRequest, _ index: Int, after wait: Duration,
    _ client: ClientStream, _ exchange: Exchange, _ partial: PartialAnswer?
  ) async throws(ProxyFailure) -> AttemptRun<Source>.Outcome? {
    let race = HedgeRace()
    run.race = race
    // The handler runs on the reactor, and so does the child.
    let (outcome, hedge) = await withTaskGroup(of: Hedge.self) { group in
      group.addTask {
        await exchange.time.sleep(until: exchange.time.now + wait, or: race.over)
        guard !race.over.isOpen, !exchange.isCancelled else { return .nothing }
        return await self.hedge(race, routed, index + 1, client, exchange, partial)
      }
      let outcome = await run.run(.messages)
      race.leave(run.attempt.number)
      // Whatever it is: a second attempt that has not begun is not needed.
      race.over.open()
      return (outcome, await group.next() ?? .nothing)
    }
    switch hedge {
    case .nothing: return outcome
    case .served, .broke:
      if case .missed(let missed) = outcome {
        run.end("another endpoint was quicker", failure: missed.failure)
      } else {
        _ = try note(outcome, of: run, routed.tagged)
      }
      if case .broke(let failure) = hedge { throw failure }
      return nil
    }
  }

  private func hedge(
    _ race: HedgeRace, _ routed: RoutedRequest, _ index: Int, _ client: ClientStream, _ exchange: Exchange,
    _ partial: PartialAnswer?
  ) async -> Hedge {
    let slots = slots.slots(of: routed.candidates[index], options.line)
    if let slots, !slots.tryEnter() { return .nothing }
    defer { slots?.leave() }
    let number = exchange.recordSoFar.attempts + 1
    guard case .ask(let run) = prepare(routed, index, number, client, exchange, partial) else {
      return .nothing
    }
    run.race = race
    let outcome = await run.run(.messages)
    do throws(ProxyFailure) {
      switch outcome {
      case .missed(let missed):
        run.end("hedge", failure: missed.failure)
        blame(run, for: missed, in: routed)
        return .nothing
      case .interrupted(let failure):
        guard let partial else { return .broke(failure) }
        note(failure, of: run)
        try await carryOn(partial, after: failure, routed, from: index, client, exchange)
      case .served, .endedEarly, .dropped, .cancelled: _ = try note(outcome, of: run, routed.tagged)
      }
      return .served
    } catch {
      return .broke(error)
    }
  }
}
