package import Pipeline

/// Copies what an endpoint really sent into the journal, with the time of each read, and changes nothing.
///
/// It stands before `parse-sse`, so that the bytes a parser or validator refuses are kept too. The journal
/// takes copies and never blocks; backpressure does not exist here.
package struct TeeLog: Stage {
  package static let name: StageName = "tee-log"

  private var attempt: Attempt?
  /// Asked for with the first bytes.
  private var body: (any BodyLog)?
  /// What its times are taken from.
  private var clock: (source: any TimeSource, start: MonotonicTime)?

  package init() {}

  package func prepared(for attempt: Attempt) -> TeeLog {
    var tee = self
    tee.attempt = attempt
    return tee
  }

  package mutating func receive(
    _ input: Bytes, _ emit: (Bytes) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    if let attempt {
      body = attempt.exchange.log.body(.responseReceived(attempt: attempt.number), of: attempt.exchange.id)
      clock = (attempt.exchange.time, attempt.started)
      self.attempt = nil
    }
    if let body, let clock, !input.isEmpty {
      body.append(input, after: (clock.source.recent.nanoseconds - clock.start.nanoseconds) / 1000)
    }
    try emit(input)
  }
}
