package import Pipeline

/// Keeps what an answer said and the client cannot carry, until the next request needs it again.
///
/// Called a few times an answer, from any thread; must not block. The last call for a key counts.
package protocol AnswerRemembering: Sendable {
  /// `id` is the one the client knows the call by.
  func remember(toolCall: RememberedToolCall, as id: String)
  /// `reasoningDetails` is a JSON array, verbatim (Q16); `signature` that of the thinking block made of it.
  func remember(reasoningDetails: Bytes, for signature: String)
}
