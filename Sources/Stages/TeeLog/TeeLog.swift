package import Pipeline

/// Copies what an endpoint really sent into the journal, and changes nothing.
///
/// It stands before `parse-sse`, so that the bytes a parser or validator refuses are kept too. The journal
/// takes copies and never blocks; backpressure does not exist here.
package struct TeeLog: Stage {
  package static let name: StageName = "tee-log"

  private var attempt: Attempt?
  /// Asked for with the first bytes.
  private var body: (any BodyLog)?

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
      self.attempt = nil
    }
    body?.append(input)
    try emit(input)
  }
}
