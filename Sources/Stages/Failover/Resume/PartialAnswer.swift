import Pipeline
import Synchronization

/// What the client has of an answer, as far as another endpoint must know it to go on (`failover.resume: text`).
///
/// One for the whole exchange: continuations add to it. Only kept for streamed messages, and only while that is
/// switched on: it reads every event that is sent once more.
final class PartialAnswer: Sendable {
  /// The answer of one request is carried on so often at most (failover-semantics.md C10).
  static let maximumContinuations = 2

  struct Content {
    /// The text of all text blocks shown so far, as one.
    var text = ""
    /// The index that the next new block gets.
    var nextIndex = 0
    /// The text block that is still open.
    var openText: Int?
    /// Only text blocks, and thinking before them, were shown.
    var isOnlyText = true
    var continuations = 0

    /// About four bytes of text are a token.
    var estimatedTokens: Int { text.utf8.count / 4 }

    /// What ends the message here.
    var ending: [MessageEvent] {
      CutPolicy.ending(openText: openText, stopReason: "end_turn", outputTokens: estimatedTokens)
    }
  }

  private let state = Mutex(Content())

  /// Nil when an answer to this request cannot be carried on: a second model cannot finish half a JSON document
  /// (C11), and what is not streamed is not shown before it is whole.
  init?(_ options: FailoverOptions, _ tagged: TaggedRequest) {
    guard options.resume == .text, tagged.facts.kind == .messages, tagged.facts.isStreamed else { return nil }
    let body = tagged.request.body
    let hasFormat = tagged.facts.fields.contains { field in
      switch field.key {
      case "output_format": true
      case "output_config": (try? JSONFields(body[field.valueRange]))?.object("format") != nil
      default: false
      }
    }
    if hasFormat { return nil }
  }

  var content: Content { state.withLock { $0 } }

  /// Takes in what was sent, in order.
  func note(_ events: [MessageEvent]) {
    state.withLock { content in
      for event in events { content.receive(event) }
    }
  }

  /// Whether another endpoint may go on from here: there is text, no call the client will run, and nothing open
  /// but text. Thinking without text is not worth it: the client asks again by itself.
  func canContinue(_ shown: HoldBack.Shown) -> Bool {
    let content = content
    return content.continuations < Self.maximumContinuations && content.isOnlyText && !content.text.isEmpty
      && !shown.hasCompleteTool && !shown.hasStopReason && (shown.openBlock == nil || content.openText != nil)
  }

  func beginContinuation() { state.withLock { $0.continuations += 1 } }
}

extension PartialAnswer.Content {
  fileprivate mutating func receive(_ event: MessageEvent) {
    switch event.kind {
    case .blockStart(let index, let kind):
      nextIndex = index + 1
      switch kind {
      case .text: openText = index
      case .thinking, .redactedThinking: if !text.isEmpty { isOnlyText = false }
      case .toolUse, .serverToolUse, .other: isOnlyText = false
      }
      if kind == .text { append(event, in: "content_block") }
    case .blockDelta(let index, isEmpty: false) where index == openText: append(event, in: "delta")
    case .blockStop: openText = nil
    case .blockDelta, .messageStart, .messageDelta, .messageStop, .ping, .other: break
    }
  }

  private mutating func append(_ event: MessageEvent, in part: String) {
    text += event.fields?.object(part)?.string("text") ?? ""
  }
}

extension MessageEvent {
  /// Its data; nil when it has none.
  var fields: JSONFields? { try? JSONFields(ServerSentEvent(frame: frame).data) }

  /// The same event with other data.
  func replacing(_ fields: JSONFields, kind: Kind) -> MessageEvent {
    let name = ServerSentEvent(frame: frame).name.text
    return MessageEvent(frame: ServerSentEvent(name: name, data: fields.text.text).frame, kind: kind)
  }
}
