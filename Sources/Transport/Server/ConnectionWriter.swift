import HTTPTypes
import NIOCore
import Pipeline

/// The client's end of one request. Calls on the connection's loop, where the handler's task runs, go straight
/// to the channel; others hop there first.
final class ConnectionWriter: ClientWriter {
  private let connection: NIOLoopBound<ConnectionHandler>
  private let loop: any EventLoop
  /// Which of the connection's requests this answers: a writer that outlives its request writes nothing.
  private let number: Int

  init(_ connection: ConnectionHandler, loop: any EventLoop, number: Int) {
    self.connection = NIOLoopBound(connection, eventLoop: loop)
    self.loop = loop
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
    if loop.inEventLoop { _ = act { $0.abort() } } else { loop.execute { _ = self.act { $0.abort() } } }
  }

  /// The handler has returned: the connection goes on to the next request, or ends.
  func handlerReturned() async {
    _ = await outcome { $0.handlerReturned() }
  }

  private func perform(
    _ call: @escaping @Sendable (ConnectionHandler) -> WriteOutcome
  ) async throws(ProxyFailure) {
    switch await outcome(call) {
    case .written: break
    case .enough: await nextTurn()
    case .full: if await outcome({ $0.whenWritable($1) }) == .gone { throw Self.clientGone }
    case .gone: throw Self.clientGone
    case .misframed:
      throw ProxyFailure(
        .internalFault, origin: .proxy, stage: "accept", retry: .never,
        detail: "The answer's head was missing or sent twice, or its body did not have the declared length.")
    }
  }

  /// An answer whose bytes are always there would never suspend, and nobody else on the loop would be served.
  ///
  /// A task enqueued on the loop runs before the loop looks at its sockets again; a timer does not.
  private func nextTurn() async {
    await withCheckedContinuation { continuation in
      loop.scheduleTask(in: .microseconds(20)) { continuation.resume() }
    }
  }

  private func outcome(
    _ call: @escaping @Sendable (ConnectionHandler) -> WriteOutcome
  ) async -> WriteOutcome {
    if loop.inEventLoop { return act(call) }
    return await outcome { $1(call($0)) }
  }

  /// For calls that answer later.
  private func outcome(
    _ call: @escaping @Sendable (ConnectionHandler, @escaping (WriteOutcome) -> Void) -> Void
  ) async -> WriteOutcome {
    await withCheckedContinuation { continuation in
      let act: @Sendable () -> Void = { [self] in
        guard connection.value.isAnswering(number) else { return continuation.resume(returning: .gone) }
        call(connection.value) { continuation.resume(returning: $0) }
      }
      if loop.inEventLoop { act() } else { loop.execute(act) }
    }
  }

  private func act(_ call: (ConnectionHandler) -> WriteOutcome) -> WriteOutcome {
    connection.value.isAnswering(number) ? call(connection.value) : .gone
  }

  private static let clientGone = ProxyFailure(
    .clientGone, origin: .client, stage: "accept", retry: .never, detail: "The client has left.")
}
