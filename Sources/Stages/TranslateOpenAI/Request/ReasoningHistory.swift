import Pipeline

/// Turns the thinking of an earlier turn back into the field its provider had it in (Q29, translation.md §8).
struct ReasoningHistory {
  let context: TranslationContext

  /// The field of an assistant message with these thinking blocks; nil when it is to be left out.
  func field(of thinking: [RequestBlock], at place: String) -> (field: String, value: Bytes)? {
    switch context.profile.reasoningReplay {
    case .none: return nil
    case .reasoningContent: return text(of: thinking, as: "reasoning_content", at: place)
    case .reasoning: return text(of: thinking, as: "reasoning", at: place)
    case .reasoningDetails:
      let details = thinking.compactMap(Self.signature).compactMap(context.memory.reasoningDetails)
      let elements = details.flatMap { $0.jsonArray ?? [] }
      if !elements.isEmpty { return ("reasoning_details", Bytes(array: elements)) }
      return text(of: thinking, as: "reasoning", at: place)
    }
  }

  /// Our own blocks; where the field must not be missing, those of other models, else the placeholder.
  private func text(
    of thinking: [RequestBlock], as field: String, at place: String
  ) -> (field: String, value: Bytes)? {
    let ours = thinking.filter { Self.signature(of: $0) != nil }.compactMap(text)
    if !ours.isEmpty { return (field, ours.joined().quoted) }
    guard let placeholder = context.profile.reasoningPlaceholder else { return nil }
    let foreign = thinking.compactMap(text)
    if !foreign.isEmpty { return (field, foreign.joined().quoted) }
    context.notes.note(.reasoningUnknown, at: place)
    return (field, Bytes(quoting: placeholder))
  }

  /// What the block shows, or what it hides from the client; nil when that is forgotten.
  private func text(of block: RequestBlock) -> EscapedText? {
    if let shown = EscapedText(json: block.fields["thinking"]), !shown.isEmpty { return shown }
    guard let details = Self.signature(of: block).flatMap(context.memory.reasoningDetails) else { return nil }
    let texts = (details.jsonArray ?? []).compactMap { element -> EscapedText? in
      guard let fields = try? JSONFields(element) else { return nil }
      return EscapedText(json: fields["text"]) ?? EscapedText(json: fields["summary"])
    }
    return texts.isEmpty ? nil : texts.joined(by: "")
  }

  /// Its signature if it is one of ours.
  private static func signature(of block: RequestBlock) -> String? {
    guard let signature = block.fields.string("signature"), ThinkingMarker.isOurs(signature) else {
      return nil
    }
    return signature
  }
}
