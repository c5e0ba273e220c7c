import Pipeline

/// What to do with an answer that was cut after the client had seen some of it (DESIGN §2.4).
enum CutPolicy {
  enum Action: Equatable {
    /// Write these events and end the message properly.
    case end([MessageEvent])
    /// Drop the connection: the client sees that the answer is not whole and asks again.
    case drop
  }

  /// - Parameters:
  ///   - shown: what the client has.
  ///   - outputTokens: the last count the endpoint gave, or an estimate.
  static func action(for shown: HoldBack.Shown, outputTokens: Int) -> Action {
    guard shown.hasCompleteTool else { return .drop }
    var events: [MessageEvent] = []
    if let open = shown.openBlock {
      // Text may end anywhere; unsigned thinking or half a server tool may not.
      guard open.kind == .text else { return .drop }
      events.append(
        MessageEvent(
          "content_block_stop", #""index":\#(open.index)"#,
          kind: .blockStop(index: open.index, isComplete: true)))
    }
    events.append(
      MessageEvent(
        "message_delta",
        #""delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":\#(outputTokens)}"#,
        kind: .messageDelta(stops: true)))
    events.append(HoldBack.messageStop)
    return .end(events)
  }
}

extension MessageEvent {
  /// An event of our own: `members` follow the type in its data.
  init(_ name: String, _ members: String? = nil, kind: Kind) {
    let data = #"{"type":"\#(name)"\#(members.map { "," + $0 } ?? "")}"#
    self.init(frame: ServerSentEvent(name: name, data: data).frame, kind: kind)
  }
}
