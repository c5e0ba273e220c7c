import DequeModule
import NIOHTTP1
import Pipeline

/// One client's connection: reads one request whole, runs the handler's task for it, then the next.
///
/// Everything here happens on the reactor's thread. While a request is answered nothing more is read, and what
/// was read with it waits; of a TLS connection a little is, for a client may leave with a word and nothing more.
/// A client that closes its side is gone, even if it could still receive: the clients
/// of this proxy do not half-close, and nothing else tells an abandoned stream from a quiet one.
final class Connection: SocketHandler {
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

  /// Reads of one turn; a client that sends without end must not keep the others waiting.
  private static let readsPerTurn = 16

  let server: HTTPServer.Shared
  let deadline: ConnectionDeadline
  var state = State.reading
  var output = OutputBuffer()
  var onWritable: ((WriteOutcome) -> Void)?
  /// Waits for the end of the turn to be sent.
  var isFlushDue = false

  let socket: ConnectedSocket
  /// Between the socket and everything else; nil for plain HTTP.
  var tls: TLSRecords?
  private let peer: String
  private let parser: RequestParser
  private var assembly: RequestAssembly
  private var waiting = Deque<Result<HTTPServerRequestPart, HTTPParserError>>()
  /// The socket may have bytes, or its end, that were not read yet.
  private var hasUnread = false
  private var isPeerDone = false
  private var isStopping = false
  private var hasEndedSending = false
  private var requests = 0

  private var reactor: Reactor { server.reactor }

  init(_ socket: ConnectedSocket, peer: String, server: HTTPServer.Shared) {
    self.socket = socket
    self.peer = peer
    self.server = server
    tls = server.tls.map { TLSRecords($0.context, on: server.reactor.turn.embeddedLoop) }
    parser = RequestParser(headerLimit: server.options.headerLimit, on: server.reactor.turn.embeddedLoop)
    assembly = RequestAssembly(bodyLimit: server.options.bodyLimit, memory: server.memory)
    deadline = ConnectionDeadline(time: server.time, reactor: server.reactor)
  }

  /// Begins to read. False if the system cannot watch the socket.
  func start() -> Bool {
    deadline.start { [weak self] in self?.missed($0) }
    deadline.expect(.request, within: server.options.headerTimeout)
    return reactor.turn.watch(socket.descriptor, for: [.read, .write], onceAChange: true, self)
  }

  // MARK: Reading

  func socketReady(_ descriptor: Int32, _ readiness: Readiness) {
    if readiness.contains(.gone) { isPeerDone = true }
    if !readiness.isDisjoint(with: [.read, .gone]) { hasUnread = true }
    if readiness.contains(.write), unsent > 0 { flush() }
    read()
  }

  private func read() {
    for _ in 0..<Self.readsPerTurn {
      switch state {
      case .answering:
        if isPeerDone { return close() }
        if hasUnread, tls != nil, waiting.isEmpty { readOnce() } else { return }
      case .closed: return
      case .reading, .leaving: if hasUnread { readOnce() } else { return }
      }
    }
    let me = ReactorBound(self, to: reactor)
    reactor.execute { me.value.read() }
  }

  private func readOnce() {
    let scratch = unsafe reactor.turn.scratch
    switch unsafe socket.receive(into: scratch) {
    case .bytes(let count):
      // Less than there is room for means that there is no more, unless the end comes after it.
      if count < scratch.count, !isPeerDone { hasUnread = false }
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: scratch[..<count])
      if let tls { unsafe receivedRecords(bytes, tls) } else { unsafe received(bytes) }
    case .nothingNow: hasUnread = false
    case .end, .broken: close()
    }
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .reading where assembly.isIdle && deadline.awaited != .head:
      // A head that comes slowly has a limit of its own.
      deadline.expect(.head, within: server.options.headerTimeout)
    case .reading, .answering: break
    case .leaving, .closed: return
    }
    unsafe parser.receive(bytes) { part in
      switch state {
      case .reading: process(part)
      case .answering: waiting.append(part)
      case .leaving, .closed: break
      }
    }
  }

  private func process(_ input: Result<HTTPServerRequestPart, HTTPParserError>) {
    switch input {
    case .failure(let error): refuse(Refusal(error, headerLimit: server.options.headerLimit))
    case .success(let part):
      switch assembly.receive(part) {
      case .readOn: deadline.expect(.body, within: server.options.bodyTimeout)
      case .sendContinue:
        deadline.expect(.body, within: server.options.bodyTimeout)
        output.append("HTTP/1.1 100 Continue\r\n\r\n")
        flush()
      case .answer(let head, let body, let share): answer(head, body, share)
      case .refuse(let refusal): refuse(refusal)
      }
    }
  }

  private func answer(_ head: RequestHead, _ body: Bytes, _ share: MemoryBudget.Share) {
    deadline.clear()
    requests += 1
    let request = ClientRequest(
      method: head.method, path: head.path, query: head.query, fields: head.fields, body: body, peer: peer)
    let writer = ConnectionWriter(self, reactor: reactor, number: requests)
    server.open.handlerStarted()
    // It is enqueued, not started: the state is set before it runs.
    let task = reactor.arrival {
      Task(executorPreference: reactor) { [server] in
        await server.handler(request, writer)
        // The body was held until here.
        _ = share
        await writer.handlerReturned()
        server.open.handlerReturned()
      }
    }
    state = .answering(Answer(number: requests, request: head, task: task))
  }

  /// The answer is whole and out: serves what waited, then reads on.
  func readNext() {
    state = .reading
    deadline.expect(.request, within: server.options.keepAliveTimeout)
    while case .reading = state, let input = waiting.popFirst() { process(input) }
    read()
  }

  // MARK: Writing

  /// Has the answer's bytes sent when this turn's work is done, together with what follows until then.
  func flushSoon() {
    if isFlushDue { return }
    isFlushDue = true
    reactor.turn.flushAtEnd(self)
  }

  /// Bytes that the kernel has not taken yet.
  var unsent: Int { output.count + (tls?.unsent ?? 0) }

  /// Sends what the kernel takes.
  func flush() {
    isFlushDue = false
    let isWhole = tls.map { $0.send(&output, to: socket) } ?? socket.send(&output)
    if !isWhole { return close() }
    if unsent <= HTTPServer.unsentLow, let action = onWritable.take() {
      deadline.clear()
      action(.written)
    }
    if case .leaving = state, unsent == 0 { endSending() }
  }

  // MARK: Ending

  /// Whether another request may follow.
  var takesMore: Bool { !isStopping }

  func refuse(_ refusal: Refusal) {
    let body = AnthropicError(status: refusal.status, message: refusal.message).body
    let reason = HTTPResponseStatus(statusCode: refusal.status).reasonPhrase
    output.append(
      """
      HTTP/1.1 \(refusal.status) \(reason)\r
      Content-Type: application/json\r
      Content-Length: \(body.count)\r
      \(refusal.allowedMethods.map { "Allow: \($0)\r\n" } ?? "")Connection: close\r
      \r\n
      """)
    output.append(body)
    leave()
  }

  /// Closes our side once all that was written has left, and the connection when the client has closed its own.
  func leave() {
    state = .leaving
    waiting.removeAll()
    deadline.expect(.reader(unsent: unsent), within: server.options.writeTimeout)
    tls?.end()
    flush()
    // A client that closed its side while it was answered: its end was not read yet.
    read()
  }

  private func endSending() {
    if hasEndedSending { return }
    hasEndedSending = true
    socket.endSending()
    if isStopping { close() } else { deadline.expect(.goodbye, within: HTTPServer.lingering) }
  }

  /// Closes at once.
  func close() {
    if case .closed = state { return }
    if case .answering(let answer) = state, !answer.isFinished { answer.task.cancel() }
    state = .closed
    waiting.removeAll()
    output.clear()
    deadline.cancel()
    parser.close()
    closeTLS()
    reactor.turn.forget(socket.descriptor)
    socket.close()
    server.open.remove(self)
    onWritable.take()?(.gone)
  }

  func resetAndClose() {
    socket.resetOnClose()
    close()
  }

  private func missed(_ awaited: ConnectionDeadline.Awaited) {
    switch awaited {
    case .head: refuse(Refusal(408, "The header fields did not arrive in time."))
    case .body: refuse(Refusal(408, "The body did not arrive in time."))
    case .reader(let unsent):
      guard self.unsent < unsent else { return close() }
      deadline.expect(.reader(unsent: self.unsent), within: server.options.writeTimeout)
    case .request: closeIdle()
    case .goodbye: close()
    }
  }

  func stop(_ stop: Stop) {
    isStopping = true
    switch (stop, deadline.awaited) {
    // The end of its last answer may still wait for the end of this turn.
    case (.gently, .request) where unsent > 0: leave()
    case (.gently, .request): closeIdle()
    case (.now, _), (.gently, .goodbye): close()
    case (.gently, _): break
    }
  }
}
