import HTTPTypes
package import Pipeline

extension Attempt {
  /// An attempt of an exchange that goes nowhere: for tests that look at `report`.
  package static func forTesting(
    _ expectation: AnswerExpectation = .forTesting,
    onThinking: @escaping @Sendable (ThinkingFingerprint) -> Void = { _ in }
  ) -> Attempt {
    let exchange = Exchange(
      id: ExchangeID(text: "test"), request: ClientRequest(method: .post, path: "/v1/messages"),
      client: NoClient(), log: NoLog(), time: ManualTime())
    return Attempt(
      exchange: exchange, number: 1, endpoint: "test", expectation: expectation, onThinking: onThinking)
  }
}

extension AnswerExpectation {
  /// The model that `AnthropicStream` answers with.
  package static var forTesting: AnswerExpectation { AnswerExpectation(model: AnthropicStream.model) }
}

private struct NoClient: ClientWriter {
  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {}
  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {}
  func finish() async throws(ProxyFailure) {}
  func abort() {}
}

private struct NoLog: ExchangeLog {
  func begin(_ exchange: ExchangeRecord) {}
  func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? { nil }
  func end(_ attempt: AttemptRecord) {}
  func end(_ exchange: ExchangeRecord) {}
}
