import HTTPTypes
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
  case gone
  /// The handler broke HTTP's rules; the answer cannot become whole.
  case misframed
}

/// The writing side, called by `ConnectionWriter` on the reactor's thread while its request is being answered.
extension Connection {
  func isAnswering(_ number: Int) -> Bool {
    if case .answering(let answer) = state { answer.number == number } else { false }
  }

  func send(status: Int, fields: HTTPFields) -> WriteOutcome {
    guard case .answering(var answer) = state else { return .gone }
    guard answer.framing == nil else { return .misframed }
    let framing = AnswerFraming(
      status: status, fields: fields, to: answer.request, keepsAlive: answer.request.keepsAlive && takesMore)
    answer.framing = framing
    state = .answering(answer)
    framing.writeHead(to: &output)
    flushSoon()
    return .written
  }

  func send(_ parts: [Bytes]) -> WriteOutcome {
    guard case .answering(var answer) = state else { return .gone }
    guard !answer.isFinished, answer.framing?.write(parts, to: &output) == true else { return .misframed }
    state = .answering(answer)
    if unsent < HTTPServer.unsentHigh {
      flushSoon()
      return .written
    }
    flush()
    guard case .answering = state else { return .gone }
    return unsent < HTTPServer.unsentHigh ? .written : .full
  }

  func finish() -> WriteOutcome {
    guard case .answering(var answer) = state else { return .gone }
    guard !answer.isFinished, answer.framing?.writeEnd(to: &output) == true else { return .misframed }
    answer.isFinished = true
    state = .answering(answer)
    flushSoon()
    return .written
  }

  /// Ends the connection without the end of the answer.
  ///
  /// A client that counts or reads chunks notices the missing rest; one that reads until the close needs a reset.
  func abort() -> WriteOutcome {
    guard case .answering(let answer) = state else { return .gone }
    if answer.framing?.body == .untilClose { resetAndClose() } else { leave() }
    return .written
  }

  func handlerReturned() -> WriteOutcome {
    guard case .answering(let answer) = state else { return .gone }
    guard answer.isFinished else { return abort() }
    if answer.framing?.keepsAlive == true, takesMore { readNext() } else { leave() }
    return .written
  }

  /// Calls `action` when the client has taken enough, or is gone.
  func whenWritable(_ action: @escaping (WriteOutcome) -> Void) {
    if case .closed = state { return action(.gone) }
    guard unsent > HTTPServer.unsentLow else { return action(.written) }
    onWritable = action
    deadline.expect(.reader(unsent: unsent), within: server.options.writeTimeout)
  }
}
