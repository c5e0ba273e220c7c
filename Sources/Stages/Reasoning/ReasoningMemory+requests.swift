import Pipeline

/// Which thinking of a request's history goes to an endpoint that speaks Anthropic's protocol.
///
/// Removed are, by block and endpoint alone and so on every turn of a conversation alike:
/// - blocks of our translation: their signature means nothing to anybody (N5);
/// - blocks without a signature before Anthropic itself, which refuses them. Others sign nothing and want
///   their thinking back (Q30), so there they stay;
/// - blocks that another origin signed, and blocks that this one refused before.
///
/// Blocks of unknown origin stay. When a tool call's thinking goes, the call stays: with adaptive thinking
/// no block has to stand before it. With a budget (`thinking.type: enabled`) older models want one before
/// the calls of the running turn; they switch thinking off for that request or refuse it, and that refusal goes
/// to the client as it is, which then asks again without thinking.
extension ReasoningMemory {
  /// The `messages` of a request without the thinking that must not go to `endpoint`; nil when all of it may.
  func messages(of tagged: TaggedRequest, for endpoint: Endpoint) -> Bytes? {
    guard let history = history(of: tagged, for: endpoint) else { return nil }
    let unwelcome = Set(unwelcome(history.blocks, at: endpoint).map(\.fingerprint))
    return unwelcome.isEmpty ? nil : history.removing { unwelcome.contains($0.fingerprint) }
  }

  /// Takes in that `endpoint` refused thinking of this request, which then goes out without it: without the
  /// blocks of unknown origin, or without any if there are none of those or their signatures are not what was
  /// wrong. Returns false when the request has no thinking to do without.
  func learn(_ refusal: ThinkingRefusal, of tagged: TaggedRequest, by endpoint: Endpoint) -> Bool {
    guard let history = history(of: tagged, for: endpoint) else { return false }
    let removed = Set(unwelcome(history.blocks, at: endpoint).map(\.fingerprint))
    let sent = history.blocks.map(\.fingerprint).filter { !removed.contains($0) }
    let strangers = zip(sent, provenance(of: sent)).filter { $0.1.origin == nil }.map(\.0)
    let refused =
      switch refusal {
      case .signature: strangers.isEmpty ? sent : strangers
      case .placement: sent
      }
    remember(refused, refusedBy: endpoint.thinkingOrigin)
    return !refused.isEmpty
  }

  private func unwelcome(_ blocks: [ThinkingHistory.Block], at endpoint: Endpoint) -> [ThinkingHistory.Block]
  {
    let target = endpoint.thinkingOrigin
    let needsSignature = endpoint.isAnthropicItself
    return zip(blocks, provenance(of: blocks.map(\.fingerprint))).filter { block, known in
      block.isOurs || needsSignature && !block.isSigned || !known.suits(target)
    }.map(\.0)
  }

  /// Nil when there is no thinking, or the endpoint speaks another protocol.
  private func history(of tagged: TaggedRequest, for endpoint: Endpoint) -> ThinkingHistory? {
    switch endpoint.dialect {
    case .openAI, .demo: return nil
    case .anthropic: break
    }
    guard tagged.facts.hasThinkingBlocks,
      let messages = tagged.facts.fields.last(where: { $0.key == "messages" })
    else { return nil }
    return ThinkingHistory(tagged.request.body[messages.valueRange])
  }
}
