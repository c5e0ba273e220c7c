/// What the translation of a request leaves to be undone in the answer of an OpenAI-compatible endpoint.
package struct AnswerTranslation: Sendable, Equatable {
  /// Names the endpoint in the marker signatures of translated thinking.
  package var route: String
  /// The names the endpoint knows tools by, where they differ, to the client's names.
  package var toolNames: [String: String] = [:]
  /// Stop sequences the endpoint was not asked to watch for.
  package var watchedStopSequences: [String] = []
  /// For `message_start`, before the endpoint says more.
  package var estimatedInputTokens = 0
  /// The client wants to see thinking; otherwise a block carries its signature alone.
  package var showsThinking = true
  /// Only the first tool call of the answer is kept.
  package var keepsFirstToolCallOnly = false
  package var splitsThinkTags = false
  /// Arguments of these tools may be written the Python way.
  package var pythonJSONTools: Set<String> = []
  /// Extra members of tool calls must come back with the next request (Q31).
  package var remembersToolCalls = false

  package init(route: String) { self.route = route }
}
