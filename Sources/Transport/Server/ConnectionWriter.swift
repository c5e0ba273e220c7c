import HTTPTypes
import Pipeline

/// The client's end of one request. Calls on the reactor's thread, where the handler's task runs, go straight to
/// the connection; others hop there first.
final class ConnectionWriter: ClientWriter {
  private let connection: ReactorBound<Connection>
  private let reactor: Reactor
  /// Which of the connection's requests this answers: a writer that outlives its request writes nothing.
  private let number: Int

  init(_ connection: Connection, reactor: Reactor, number: Int) {
    self.connection = ReactorBound(connection, to: reactor)
    self.reactor = reactor
    self.number = number
  }

  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {
    try await perform { $0.send(status: status, fields: fields) }
  }

  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {
    try await perform { $0.send(bytes) }
  }

  func finish() async throws(ProxyFailure) {
    try await perform { $0.finish() }
  }

  func abort() {
    if reactor.isCurrent { _ = act { $0.abort() } } else { reactor.execute { _ = self.act { $0.abort() } } }
  }

  /// The handler has returned: the connection goes on to the next request, or ends.
  func handlerReturned() async {
    _ = await outcome { $0.handlerReturned() }
  }

  private func perform(
    _ call: @escaping @Sendable (Connection) -> WriteOutcome
  ) async throws(ProxyFailure) {
    switch await outcome(call) {
    case .written: break
    case .full: if await outcome({ $0.whenWritable($1) }) == .gone { throw Self.clientGone }
    case .gone: throw Self.clientGone
    case .misframed:
      throw ProxyFailure(
        .internalFault, origin: .proxy, stage: "accept", retry: .never,
        detail: "The answer's head was missing or sent twice, or its body did not have the declared length.")
    }
  }

  private func outcome(
    _ call: @escaping @Sendable (Connection) -> WriteOutcome
  ) async -> WriteOutcome {
    if reactor.isCurrent { return act(call) }
    return await outcome { $1(call($0)) }
  }

  /// For calls that answer later.
  private func outcome(
    _ call: @escaping @Sendable (Connection, @escaping (WriteOutcome) -> Void) -> Void
  ) async -> WriteOutcome {
    await withCheckedContinuation { continuation in
      let act: @Sendable () -> Void = { [self] in
        guard connection.value.isAnswering(number) else { return continuation.resume(returning: .gone) }
        call(connection.value) { continuation.resume(returning: $0) }
      }
      if reactor.isCurrent { act() } else { reactor.execute(act) }
    }
  }

  private func act(_ call: (Connection) -> WriteOutcome) -> WriteOutcome {
    connection.value.isAnswering(number) ? call(connection.value) : .gone
  }

  private static let clientGone = ProxyFailure(
    .clientGone, origin: .client, stage: "accept", retry: .never, detail: "The client has left.")
}
