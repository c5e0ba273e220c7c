import NIOHTTP1
import Pipeline

/// Puts one request after another together from the parser's parts, within the server's limits.
struct RequestAssembly {
  enum Action {
    /// More parts belong to this request.
    case readOn
    /// The same, and the client waits to be told so.
    case sendContinue
    /// - Parameter share: to be kept as long as the body.
    case answer(RequestHead, body: Bytes, share: MemoryBudget.Share)
    case refuse(Refusal)
  }

  private enum State {
    case idle
    case reading(RequestHead, IncomingBody)
  }

  private var state = State.idle
  private let bodyLimit: Int
  private let memory: MemoryBudget

  init(bodyLimit: Int, memory: MemoryBudget) {
    self.bodyLimit = bodyLimit
    self.memory = memory
  }

  /// Between two requests.
  var isIdle: Bool { if case .idle = state { true } else { false } }

  mutating func receive(_ part: HTTPServerRequestPart) -> Action {
    do throws(Refusal) {
      switch (state, part) {
      case (.idle, .head(let head)):
        let head = try RequestHead(head)
        state = .reading(head, try IncomingBody(head, limit: bodyLimit, share: memory.share()))
        return head.expectsContinue ? .sendContinue : .readOn
      case (.reading(_, let body), .body(let bytes)):
        try body.receive(bytes)
        return .readOn
      case (.reading(let head, let body), .end):
        state = .idle
        return .answer(head, body: try body.finish(), share: body.share)
      case (.idle, .body), (.idle, .end), (.reading, .head):
        return .refuse(Refusal(400, "The request's parts are out of order."))
      }
    } catch {
      return .refuse(error)
    }
  }
}
