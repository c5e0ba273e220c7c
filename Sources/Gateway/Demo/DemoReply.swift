import Pipeline
import Stages

/// What the demo endpoint is going to send: status, chunks in time, and how it ends.
struct DemoReply: Sendable {
  enum Ending: Sendable {
    case complete
    /// The connection drops.
    case cut
    /// Nothing more comes, and the connection stays.
    case stall
  }

  var status = 200
  var contentType = "application/json"
  var chunks: [Bytes] = []
  var delay: Duration = .zero
  var ending = Ending.complete

  init(status: Int = 200, json: String) {
    self.status = status
    chunks = [Bytes(utf8: json)]
  }

  /// The whole message at once, for a client that does not stream. A script's fault cuts or refuses it.
  init(message: DemoAnswer, script: DemoScript) {
    switch script.fault {
    case .overloaded: self.init(overloaded: ())
    case .errorEvent: self.init(json: DemoAnswer.overloadedError)
    case .invalidJSON: self.init(json: String(message.json.dropLast(7)))
    case .truncate, .cutInsideTool:
      self.init(json: String(message.json.dropLast(40)))
      ending = .cut
    case .stall:
      self.init(json: "{")
      ending = .stall
    case nil: self.init(json: message.json)
    }
  }

  /// The message event by event, broken where the script says.
  init(events message: DemoAnswer, script: DemoScript) {
    if script.fault == .overloaded {
      self.init(overloaded: ())
      return
    }
    self.init(contentType: "text/event-stream")
    delay = script.eventDelay
    let whole = message.events
    let kept = whole.prefix(max(0, script.afterEvents)).map(\.frame)
    switch script.fault {
    case .truncate:
      chunks = kept
      ending = .cut
    case .stall:
      chunks = kept
      ending = .stall
    case .errorEvent:
      chunks = kept + [ServerSentEvent(name: "error", data: DemoAnswer.overloadedError).frame]
    case .invalidJSON:
      chunks = kept + [ServerSentEvent(name: "content_block_delta", data: #"{"type":"content_block_"#).frame]
    case .cutInsideTool:
      chunks = message.eventsOfHalfATool.map(\.frame)
      ending = .cut
    case .overloaded, nil:
      chunks = whole.map(\.frame)
    }
  }

  private init(contentType: String) { self.contentType = contentType }

  private init(overloaded: Void) { self.init(status: 529, json: DemoAnswer.overloadedError) }
}
