import Pipeline

/// A request as its rules look at it: what takes work is done when the first rule asks, and once.
final class TagSubject {
  let request: ClientRequest
  let facts: RequestFacts

  private(set) lazy var query = QueryString(request.query)
  private(set) lazy var estimatedInputTokens =
    facts.kind == .passThrough ? 0 : TokenEstimate(of: request.body).inputTokens
  private(set) lazy var script = ScriptRequest(self)

  init(_ request: ClientRequest, facts: RequestFacts) {
    self.request = request
    self.facts = facts
  }

  /// A request without a readable body has none of anything: counts are 0, the rest is false or absent.
  func value(of fact: TagCondition.Fact) -> TagValue? {
    switch fact {
    case .toolCount: TagValue(facts.toolNames.count)
    case .hasImage: .boolean(facts.hasImage)
    case .estimatedInputTokens: TagValue(estimatedInputTokens)
    case .sessionID: facts.sessionID.map { .text($0) }
    case .isStreamed: .boolean(facts.isStreamed)
    case .messageCount: TagValue(facts.messageCount)
    }
  }
}
