package import Pipeline

/// What becomes of a client's request at an OpenAI-compatible endpoint.
package enum RequestTranslation: Sendable {
  case send(TranslatedRequest)
  /// There is nothing the endpoint could be asked.
  case answerLocally(LocalMessage)
}

/// A request in the Chat Completions dialect.
package struct TranslatedRequest: Sendable {
  package var body: Bytes
  /// What the translation of the answer has to undo. `estimatedInputTokens` is the caller's to set.
  package var translation: AnswerTranslation
  /// What was lost or weakened on the way, for the journal.
  package var degradations: [Degradation]
}
