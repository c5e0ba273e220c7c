package import Pipeline

/// Gives back what earlier answers brought, for the request that continues them.
package protocol ReasoningReplaying: Sendable {
  /// - Parameter id: the one the client knows the call by.
  func toolCall(_ id: String) -> RememberedToolCall?

  /// - Parameter signature: of the thinking block that shows the same reasoning.
  func reasoningDetails(for signature: String) -> Bytes?
}
