import Pipeline

/// What is known of an answer beyond its blocks: the ground of its stop_reason.
struct AnswerFacts {
  var model: String?
  var finish: FinishReason?
  /// The sequence that was met, by the endpoint's word or ours.
  var stopSequence: String?
  var usage: ChatUsage?
  var hasRefusal = false
  /// Complete calls that were written.
  var calls = 0
  /// Read from one JSON object.
  var isWhole = false
  /// `[DONE]` has passed.
  var isDone = false
  /// Every block is closed.
  var isSettled = false
  /// message_stop is written.
  var hasEnded = false

  /// The first characters of its text, raw.
  private var opening: [UInt8] = []
  private static let openingLength = 64

  init() {}

  mutating func noteOpening(_ text: Bytes) {
    guard opening.count < Self.openingLength, !opening.isEmpty || !text.isBlankJSON else { return }
    opening += text.prefix(Self.openingLength - opening.count)
  }

  /// Its text begins like a tool call that the server failed to parse (Q44).
  var looksLikeLeakedCall: Bool {
    let text = String(decoding: opening, as: UTF8.self).trimmingPrefix(#/( |\\[nrt])+/#)
    return ["[TOOL_CALLS]", "[Tool call:", "<tool_call>"].contains { text.hasPrefix($0) }
      || text.contains("[ARGS]{")
  }

  /// The prompt is counted at less than half of what was sent: most of it was cut (Q43).
  func hasShortPrompt(estimate: Int) -> Bool {
    guard let prompt = usage?.prompt, prompt > 0 else { return false }
    return estimate >= 2048 && prompt < estimate / 2
  }
}
