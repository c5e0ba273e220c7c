import NIOCore
import NIOHTTP1
import Pipeline

/// One client's connection: reads one request whole, runs the handler's task for it, then the next.
///
/// Everything here happens on the connection's event loop. While a request is answered nothing more is read,
/// and what was read with it waits. A client that closes its side is gone, even if it could still receive: the
/// clients of this proxy do not half-close, and nothing else tells an abandoned stream from a quiet one.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Tells connections that the server stops.
  enum Stop: Sendable {
    /// Idle ones close, busy ones after their answer.
    case gently
    case now
  }

  enum State {
    case reading
    case answering(Answer)
    /// We have said the last word; what still comes is thrown away, for closing on it could lose that word.
    case leaving
    case closed
  }

  private enum Input {
    case part(HTTPServerRequestPart)
    case failure(HTTPParserError)
  }

  /// Bytes that one answer may send before the others on its loop get their turn: some milliseconds of work.
  static let share = 256 * 1024

  let server: HTTPServer.Shared
  let deadline: ConnectionDeadline
  private(set) var context: ChannelHandlerContext?
  var state = State.reading
  var onWritable: ((WriteOutcome) -> Void)?
  var sentThisTurn = 0
  private let executor: EventLoopExecutor
  private var assembly: RequestAssembly
  private var waiting = CircularBuffer<Input>(initialCapacity: 0)
  private var holdsRead = false
  private var isStopping = false
  private var requests = 0

  init(_ server: HTTPServer.Shared, loop: any EventLoop) {
    self.server = server
    executor = EventLoopExecutor(loop)
    deadline = ConnectionDeadline(time: server.time, loop: loop)
    assembly = RequestAssembly(bodyLimit: server.options.bodyLimit)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    deadline.start { [weak self] in self?.missed($0) }
  }

  func channelActive(context: ChannelHandlerContext) {
    deadline.expect(.request, within: server.options.headerTimeout)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .answering(let answer) = state, !answer.isFinished { answer.task.cancel() }
    state = .closed
    waiting.removeAll()
    deadline.cancel()
    onWritable.take()?(.gone)
    self.context = nil
    context.fireChannelInactive()
  }

  // MARK: Reading

  /// Bytes arrived; false if nobody wants them.
  func wantsBytes() -> Bool {
    switch state {
    case .reading:
      if assembly.isIdle, deadline.awaited != .head {
        deadline.expect(.head, within: server.options.headerTimeout)
      }
      return true
    case .answering: return true
    case .leaving, .closed: return false
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { take(.part(unwrapInboundIn(data))) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Other errors are the socket's; the channel closes itself for those.
    if let error = error as? HTTPParserError { take(.failure(error)) }
  }

  func read(context: ChannelHandlerContext) {
    if case .answering = state { holdsRead = true } else { context.read() }
  }

  private func take(_ input: Input) {
    switch state {
    case .reading: process(input)
    case .answering: waiting.append(input)
    case .leaving, .closed: break
    }
  }

  private func process(_ input: Input) {
    switch input {
    case .failure(let error): refuse(Refusal(error, headerLimit: server.options.headerLimit))
    case .part(let part):
      switch assembly.receive(part) {
      case .readOn: deadline.expect(.body, within: server.options.bodyTimeout)
      case .sendContinue:
        deadline.expect(.body, within: server.options.bodyTimeout)
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
      case .answer(let head, let body): answer(head, body)
      case .refuse(let refusal): refuse(refusal)
      }
    }
  }

  private func answer(_ head: RequestHead, _ body: Bytes) {
    guard let context else { return }
    deadline.clear()
    requests += 1
    let request = ClientRequest(
      method: head.method, path: head.path, query: head.query, fields: head.fields, body: body,
      peer: context.remoteAddress?.ipAddress ?? "")
    let writer = ConnectionWriter(self, loop: context.eventLoop, number: requests)
    server.open.handlerStarted()
    // It is enqueued, not started: the state is set before it runs.
    let task = Task(executorPreference: executor) { [server] in
      await server.handler(request, writer)
      await writer.handlerReturned()
      server.open.handlerReturned()
    }
    state = .answering(Answer(number: requests, request: head, task: task))
  }

  /// The answer is whole and out: serves what waited, then reads on.
  func readNext() {
    state = .reading
    deadline.expect(.request, within: server.options.keepAliveTimeout)
    while case .reading = state, let input = waiting.popFirst() { process(input) }
    if case .reading = state, holdsRead { resumeReading() }
  }

  private func resumeReading() {
    holdsRead = false
    context?.read()
  }

  // MARK: Ending

  /// Whether another request may follow.
  var takesMore: Bool { !isStopping }

  private func refuse(_ refusal: Refusal) {
    let body = AnthropicError(status: refusal.status, message: refusal.message).body
    let reason = HTTPResponseStatus(statusCode: refusal.status).reasonPhrase
    var buffer = ByteBuffer()
    buffer.writeString(
      """
      HTTP/1.1 \(refusal.status) \(reason)\r
      Content-Type: application/json\r
      Content-Length: \(body.count)\r
      \(refusal.allowedMethods.map { "Allow: \($0)\r\n" } ?? "")Connection: close\r
      \r\n
      """)
    buffer.writeBytes(body)
    write(buffer)
    leave()
  }

  /// Closes our side once all that was written has left, and the connection when the client has closed its own.
  func leave() {
    guard let context else { return }
    state = .leaving
    waiting.removeAll()
    deadline.expect(.reader(unsent: unsentBytes), within: server.options.writeTimeout)
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    let shut = context.eventLoop.makePromise(of: Void.self)
    shut.futureResult.whenSuccess { me.value.waitForGoodbye() }
    context.close(mode: .output, promise: shut)
    if holdsRead { resumeReading() }
  }

  private func waitForGoodbye() {
    if isStopping { close() } else { deadline.expect(.goodbye, within: HTTPServer.lingering) }
  }

  private func missed(_ awaited: ConnectionDeadline.Awaited) {
    switch awaited {
    case .head: refuse(Refusal(408, "The header fields did not arrive in time."))
    case .body: refuse(Refusal(408, "The body did not arrive in time."))
    case .reader(let unsent):
      let rest = unsentBytes
      guard rest < unsent else { return close() }
      deadline.expect(.reader(unsent: rest), within: server.options.writeTimeout)
    case .request, .goodbye: close()
    }
  }

  /// Closes at once.
  func close() { context?.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let stop = event as? Stop else { return context.fireUserInboundEventTriggered(event) }
    isStopping = true
    switch (stop, deadline.awaited) {
    case (.now, _), (.gently, .request), (.gently, .goodbye): close()
    case (.gently, _): break
    }
  }
}
