import HTTPTypes
import NIOCore
import NIOHTTP1
import Pipeline

/// One client's connection: reads one request whole, runs the handler's task for it, then the next.
///
/// Everything here happens on the connection's event loop. The client is gone when the channel is inactive; a
/// client that only closes its sending side counts as gone too, since none of ours does that and waits.
final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// Tells connections that the server stops.
  enum Stop: Sendable {
    /// Idle ones close, busy ones after their answer.
    case gently
    case now
  }

  private enum State {
    case idle
    case reading(RequestHead, IncomingBody)
    case answering(Task<Void, Never>, keepsAlive: Bool)
    /// The answer is out; the rest of the request is read and thrown away, so that the client sees the answer.
    case draining
    case closed
  }

  /// How much of an unwanted body is read before the connection is closed on it, in parts.
  private static let drainedParts = 4096

  private let server: HTTPServer.Shared
  private let executor: EventLoopExecutor
  private var context: ChannelHandlerContext?
  private var state = State.idle
  private var drained = 0
  private var stopsAfterAnswer = false
  private var deadline: ConnectionDeadline
  private var writable: CheckedContinuation<Void, Never>?
  /// Completes when the end of the last answer has left; nil within an answer.
  private var answerEnd: EventLoopFuture<Void>?

  init(_ server: HTTPServer.Shared, loop: any EventLoop) {
    self.server = server
    executor = EventLoopExecutor(loop)
    deadline = ConnectionDeadline(time: server.time, loop: loop)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    expect(within: server.options.headerTimeout)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .answering(let task, _) = state { task.cancel() }
    state = .closed
    deadline.clear()
    resumeWriter()
    self.context = nil
    context.fireChannelInactive()
  }

  // MARK: Reading

  /// The first bytes of a request arrived.
  func beganHead() {
    if case .idle = state, !deadline.isForHead {
      expect(within: server.options.headerTimeout, isForHead: true)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (state, unwrapInboundIn(data)) {
    case (.idle, .head(let head)): begin(head)
    case (.reading(let head, var body), .body(let part)):
      // Moved out and back, so that appending does not copy.
      state = .idle
      do throws(IncomingBody.Problem) {
        try body.receive(part)
        state = .reading(head, body)
        expect(within: server.options.bodyTimeout)
      } catch {
        refuse(error)
      }
    case (.reading(let head, let body), .end):
      do throws(IncomingBody.Problem) {
        answer(head, body: try body.finish())
      } catch {
        refuse(error)
      }
    case (.draining, .body):
      drained += 1
      if drained > Self.drainedParts { close() }
    case (.draining, .end): close()
    case (.idle, _), (.reading, .head), (.answering, _), (.draining, .head), (.closed, _): break
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    do throws(RequestHead.Refusal) {
      let head = try RequestHead(head)
      let limit = server.options.bodyLimit
      if let length = head.declaredLength, length > limit { return refuse(.tooLarge(limit)) }
      if head.expectsContinue {
        write(.head(HTTPResponseHead(version: .http1_1, status: .continue)), flush: true)
      }
      state = .reading(head, IncomingBody(isGzipped: head.isGzipped, limit: limit))
      expect(within: server.options.bodyTimeout)
    } catch {
      refuse(error.status, error.message)
    }
  }

  private func answer(_ head: RequestHead, body: [UInt8]) {
    deadline.clear()
    guard let context else { return }
    let request = ClientRequest(
      method: head.method, path: head.path, query: head.query, fields: head.fields, body: Bytes(body),
      peer: context.remoteAddress?.ipAddress ?? "")
    let writer = ConnectionWriter(
      NIOLoopBound(self, eventLoop: context.eventLoop), loop: context.eventLoop,
      isHead: head.method == .head)
    let task = Task(executorPreference: executor) { [server] in
      await server.handler(request, writer)
      await writer.close()
    }
    state = .answering(task, keepsAlive: head.keepsAlive && !stopsAfterAnswer)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch (state, error) {
    case (.idle, HTTPParserError.headerOverflow), (.reading, HTTPParserError.headerOverflow):
      refuse(431, "The header fields are larger than \(server.options.headerLimit) bytes.")
    case (.idle, is HTTPParserError), (.reading, is HTTPParserError):
      refuse(400, "This is no valid HTTP request: \(error).")
    default: close()
    }
  }

  private func refuse(_ problem: IncomingBody.Problem) {
    switch problem {
    case .tooLarge(let limit):
      refuse(413, "The body is larger than \(limit) bytes (server.body_limit).")
    case .malformed: refuse(400, "The body is not valid gzip.")
    }
  }

  /// Answers a request that never reaches the flow, and ends the connection: what follows cannot be trusted.
  private func refuse(_ status: Int, _ message: String) {
    let body = AnthropicError(status: status, message: message).body
    state = .draining
    var buffer = ByteBufferAllocator().buffer(capacity: body.count)
    buffer.writeBytes(body)
    let headers: HTTPHeaders = [
      "content-type": "application/json", "content-length": String(body.count), "connection": "close",
    ]
    write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)))
    write(.body(.byteBuffer(buffer)))
    write(.end(nil), flush: true)
    context?.close(mode: .output, promise: nil)
    expect(within: server.options.bodyTimeout)
  }

  // MARK: Deadlines

  private func expect(within duration: Duration, isForHead: Bool = false) {
    guard let context else { return }
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline.set(duration, isForHead: isForHead) { me.value.ranOutOfTime() }
  }

  private func ranOutOfTime() {
    switch state {
    case .idle where !deadline.isForHead: close()
    case .idle: refuse(408, "The header fields did not arrive in time.")
    case .reading: refuse(408, "The body did not arrive in time.")
    case .answering, .draining: close()
    case .closed: break
    }
  }

  // MARK: Writing, called by `ConnectionWriter` on the loop

  /// Whether the client is still there.
  var isOpen: Bool { if case .closed = state { false } else { context != nil } }

  /// What HTTP says after this answer.
  var keepsAlive: Bool {
    if case .answering(_, let keepsAlive) = state { keepsAlive && !stopsAfterAnswer } else { false }
  }

  func write(_ part: HTTPServerResponsePart, flush: Bool = false) {
    guard let context else { return }
    switch part {
    case .head:
      answerEnd = nil
      context.write(wrapOutboundOut(part), promise: nil)
    case .body: context.write(wrapOutboundOut(part), promise: nil)
    case .end: answerEnd = context.write(wrapOutboundOut(part))
    }
    if flush { context.flush() }
  }

  /// Returns at once while the client keeps up, otherwise when it has taken enough or is gone.
  func untilWritable() async {
    guard let context, !context.channel.isWritable else { return }
    expect(within: server.options.writeTimeout)
    await withCheckedContinuation { writable = $0 }
    deadline.clear()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { resumeWriter() }
    context.fireChannelWritabilityChanged()
  }

  private func resumeWriter() { writable.take()?.resume() }

  /// The handler's task is done: `isWhole` says whether the client has a whole answer.
  func ended(isWhole: Bool) {
    guard case .answering(_, let keepsAlive) = state else { return }
    guard isWhole, keepsAlive, !stopsAfterAnswer else { return close() }
    state = .idle
    expect(within: server.options.keepAliveTimeout)
  }

  /// Closes after what was written so far has left, so that the client sees how far the answer came. One that
  /// does not read is not waited for.
  func close() {
    guard let context, isOpen else { return }
    deadline.clear()
    let channel = context.channel
    guard channel.isWritable else { return channel.close(promise: nil) }
    let written: EventLoopFuture<Void>
    switch (answerEnd, state) {
    case (let end?, _): written = end
    case (nil, .answering): written = context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))))
    case (nil, _): written = channel.eventLoop.makeSucceededVoidFuture()
    }
    written.whenComplete { _ in channel.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let stop = event as? Stop else { return context.fireUserInboundEventTriggered(event) }
    switch (stop, state) {
    case (.now, _): context.close(promise: nil)
    case (.gently, .idle): close()
    case (.gently, _): stopsAfterAnswer = true
    }
  }
}
