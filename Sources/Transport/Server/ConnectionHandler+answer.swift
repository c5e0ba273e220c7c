import HTTPTypes
import NIOCore
import Pipeline

/// The request that a connection answers, and how far the answer is.
struct Answer {
  let number: Int
  let request: RequestHead
  let task: Task<Void, Never>
  /// Set once the head is written.
  var framing: AnswerFraming?
  var isFinished = false

  init(number: Int, request: RequestHead, task: Task<Void, Never>) {
    self.number = number
    self.request = request
    self.task = task
  }
}

/// What became of a write.
enum WriteOutcome: Sendable {
  case written
  /// Written, but the client reads too slowly: wait before the next.
  case full
  /// Written, but this answer has had its share of the loop's turn: go on in the next.
  case enough
  case gone
  /// The handler broke HTTP's rules; the answer cannot become whole.
  case misframed
}

/// The writing side, called by `ConnectionWriter` on the loop while its request is being answered.
extension ConnectionHandler {
  func isAnswering(_ number: Int) -> Bool {
    if case .answering(let answer) = state { answer.number == number } else { false }
  }

  func send(status: Int, fields: HTTPFields) -> WriteOutcome {
    guard case .answering(var answer) = state, let context else { return .gone }
    guard answer.framing == nil else { return .misframed }
    let framing = AnswerFraming(
      status: status, fields: fields, to: answer.request, keepsAlive: answer.request.keepsAlive && takesMore)
    answer.framing = framing
    state = .answering(answer)
    var buffer = ByteBuffer()
    framing.writeHead(to: &buffer)
    context.write(wrapOutboundOut(buffer), promise: nil)
    // Usually the first bytes follow within this tick and take the head along.
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.execute { me.value.context?.flush() }
    return .written
  }

  func send(_ parts: [Bytes]) -> WriteOutcome {
    guard case .answering(var answer) = state, let context else { return .gone }
    var buffer = ByteBuffer()
    guard !answer.isFinished, answer.framing?.write(parts, to: &buffer) == true else { return .misframed }
    state = .answering(answer)
    sentThisTurn += buffer.readableBytes
    write(buffer)
    guard context.channel.isWritable else { return .full }
    guard sentThisTurn >= Self.share else { return .written }
    sentThisTurn = 0
    return .enough
  }

  func finish() -> WriteOutcome {
    guard case .answering(var answer) = state else { return .gone }
    var buffer = ByteBuffer()
    guard !answer.isFinished, answer.framing?.writeEnd(to: &buffer) == true else { return .misframed }
    answer.isFinished = true
    state = .answering(answer)
    write(buffer)
    return .written
  }

  /// Ends the connection without the end of the answer.
  ///
  /// A client that counts or reads chunks notices the missing rest; one that reads until the close needs a reset.
  func abort() -> WriteOutcome {
    guard case .answering(let answer) = state else { return .gone }
    if answer.framing?.body == .untilClose {
      context?.channel.resetOnClose()
      close()
    } else {
      leave()
    }
    return .written
  }

  func handlerReturned() -> WriteOutcome {
    guard case .answering(let answer) = state else { return .gone }
    guard answer.isFinished else { return abort() }
    if answer.framing?.keepsAlive == true, takesMore { readNext() } else { leave() }
    return .written
  }

  // MARK: Backpressure

  /// Calls `action` when the client has taken enough, or is gone.
  func whenWritable(_ action: @escaping (WriteOutcome) -> Void) {
    guard let context, !context.channel.isWritable else { return action(context == nil ? .gone : .written) }
    onWritable = action
    deadline.expect(.reader(unsent: unsentBytes), within: server.options.writeTimeout)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, let action = onWritable.take() {
      deadline.clear()
      action(.written)
    }
    context.fireChannelWritabilityChanged()
  }

  /// Bytes that the kernel has not taken yet.
  var unsentBytes: Int {
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  func write(_ buffer: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }
}
