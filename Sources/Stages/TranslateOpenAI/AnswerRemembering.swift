package import Pipeline

/// Takes what an answer brought that its translation has no place for, until the next request needs it.
package protocol AnswerRemembering: Sendable {
  /// - Parameter id: the one the client knows the call by.
  func remember(toolCall: RememberedToolCall, as id: String)

  /// - Parameters:
  ///   - reasoningDetails: a JSON array, verbatim (Q16).
  ///   - signature: of the thinking block that shows the same reasoning.
  func remember(reasoningDetails: Bytes, for signature: String)
}
