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
    // Text may end anywhere; unsigned thinking or half a server tool may not.
    guard shown.openBlock == nil || shown.openBlock?.kind == .text else { return .drop }
    return .end(
      ending(openText: shown.openBlock?.index, stopReason: "tool_use", outputTokens: outputTokens))
  }

  /// The events that end a message properly, the open text block first.
  static func ending(openText: Int?, stopReason: String, outputTokens: Int) -> [MessageEvent] {
    let stop = openText.map { index in
      MessageEvent(
        "content_block_stop", #""index":\#(index)"#, kind: .blockStop(index: index, isComplete: true))
    }
    let delta = MessageEvent(
      "message_delta",
      #""delta":{"stop_reason":"\#(stopReason)","stop_sequence":null},"usage":{"output_tokens":\#(outputTokens)}"#,
      kind: .messageDelta(stops: true))
    return (stop.map { [$0] } ?? []) + [delta, HoldBack.messageStop]
  }
}

extension MessageEvent {
  /// An event of our own: `members` follow the type in its data.
  init(_ name: String, _ members: String? = nil, kind: Kind) {
    let data = #"{"type":"\#(name)"\#(members.map { "," + $0 } ?? "")}"#
    self.init(frame: ServerSentEvent(name: name, data: data).frame, kind: kind)
  }
}
