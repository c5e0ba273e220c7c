/// Input that was in one endpoint's prompt cache and had to be read anew by another.
struct CacheLoss {
  /// How it was charged.
  var paid: StatisticsSum.Tokens
  /// How it would have been.
  var instead: StatisticsSum.Tokens
}

/// Follows the conversations to see when one leaves the endpoint that has its prompt in the cache.
struct CacheLossTracker {
  /// A cache lives for five minutes after its last use, in milliseconds.
  static let lifetime: Int64 = 300_000

  /// A session and the model it talks to: a cache belongs to one model.
  private struct Conversation: Hashable {
    var session: Int
    var model: Int
  }

  private struct Turn {
    var arrived: Int64
    var endpoint: Int
    var cached: Int
    var readCache: Bool
  }

  private var last: [Conversation: Turn] = [:]

  /// Takes the next completed exchange of a session, in order of arrival; nil when nothing was lost.
  mutating func add(
    session: Int, model: Int, endpoint: Int, arrived: Int64, _ tokens: StatisticsSum.Tokens
  ) -> CacheLoss? {
    let conversation = Conversation(session: session, model: model)
    let turn = Turn(
      arrived: arrived, endpoint: endpoint, cached: tokens.cacheRead + tokens.cacheCreation,
      readCache: tokens.cacheRead > 0)
    guard let before = last.updateValue(turn, forKey: conversation), before.readCache,
      before.endpoint != endpoint,
      arrived - before.arrived <= Self.lifetime
    else { return nil }
    let lost = min(before.cached - tokens.cacheRead, tokens.input + tokens.cacheCreation)
    guard lost > 0 else { return nil }
    let created = min(lost, tokens.cacheCreation)
    return CacheLoss(
      paid: StatisticsSum.Tokens(input: lost - created, cacheCreation: created),
      instead: StatisticsSum.Tokens(cacheRead: lost))
  }
}
