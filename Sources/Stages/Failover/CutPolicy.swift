import Pipeline

/// What to do with an answer that was cut after the client had seen some of it (DESIGN §2.4).
enum CutPolicy {
  enum Action: Equatable {
    /// Write these frames and end the message properly.
    case end([Bytes])
    /// Drop the connection: the client sees that the answer is not whole and asks again.
    case drop
  }

  /// - Parameters:
  ///   - shown: what the client has.
  ///   - outputTokens: the last count the endpoint gave, or an estimate.
  static func action(for shown: HoldBack.Shown, outputTokens: Int) -> Action {
    guard shown.hasCompleteTool else { return .drop }
    var frames: [Bytes] = []
    if let open = shown.openBlock {
      // Text may end anywhere; unsigned thinking or half a server tool may not.
      guard open.kind == .text else { return .drop }
      frames.append(
        ServerSentEvent(
          name: "content_block_stop", data: #"{"type":"content_block_stop","index":\#(open.index)}"#
        ).frame)
    }
    frames.append(
      ServerSentEvent(
        name: "message_delta",
        data:
          #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":\#(outputTokens)}}"#
      ).frame)
    frames.append(HoldBack.messageStop.frame)
    return .end(frames)
  }
}
