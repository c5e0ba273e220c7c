import Pipeline

/// One frame of an answer in the dialect of its endpoint.
package enum AnswerFrame: Sendable, Equatable {
  /// An event of an endpoint that speaks Anthropic's protocol, untouched.
  case anthropic(ServerSentEvent)
  case chunk(ChatChunk)
  /// `[DONE]`, or the end of an answer that came whole.
  case done
  /// A comment, or an event without data: the endpoint lives (Q20).
  case comment
}
