import Pipeline

/// An endpoint's refusal of thinking blocks in the history of a request, known by its words.
///
/// That a block is missing (`Expected thinking …, but found tool_use`) is none: removing more would not help.
enum ThinkingRefusal: Equatable {
  /// A block bears a signature that is not the endpoint's, or none.
  case signature
  /// A block is the endpoint's own, but not where or as it was: the prefix differs, or thinking is switched off.
  case placement

  /// - Parameter words: the body of a 4xx answer, or an `error` event, in any wrapping.
  init?(_ words: Bytes) {
    let text = words.prefix(16 * 1024).text.lowercased().filter { $0 != "`" }
    guard text.contains("thinking") else { return nil }
    if Self.placements.contains(where: { text.contains($0) }) {
      self = .placement
    } else if Self.signatures.contains(where: { text.contains($0) }) {
      self = .signature
    } else {
      return nil
    }
  }

  private static let placements = [
    "bound to a different conversation", "latest assistant message cannot be modified",
    "final position cannot contain thinking",
  ]
  private static let signatures = [
    "invalid signature in thinking", "thinking.signature", "must contain signature",
    "invalid data in redacted_thinking", "redacted_thinking.data",
  ]
}
