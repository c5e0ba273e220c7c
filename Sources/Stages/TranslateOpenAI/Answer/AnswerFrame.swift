import Pipeline

/// One frame of an answer of an OpenAI-compatible endpoint.
package enum AnswerFrame: Sendable, Equatable {
  case chunk(ChatChunk)
  /// `[DONE]`, or the end of an answer that came whole.
  case done
  /// A comment, or an event without data: the endpoint lives (Q20).
  case comment
}
