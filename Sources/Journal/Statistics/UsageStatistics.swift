/// What requests came to, summed up.
package struct UsageStatistics: Sendable, Equatable {
  /// What requests are told apart by.
  package enum Key: String, Sendable, CaseIterable {
    /// The day of arrival, `2026-07-30`; every day of the range has a row, in order.
    case day
    /// The model the client asked for.
    case model
    /// Every attempt counts as a request at its endpoint, whatever became of the exchange.
    case endpoint
    case session
  }

  /// By number of requests, but for days.
  package var rows: [Row]
  /// Of all exchanges, whatever the rows are.
  package var totals: Row

  package struct Row: Sendable, Equatable {
    /// Nil for those that have none.
    package var key: String?
    package var requests = 0
    /// Exchanges whose client got a failure; by endpoint: attempts that failed by the endpoint's fault.
    package var failed = 0
    package var inputTokens = 0
    package var outputTokens = 0
    package var cacheCreationTokens = 0
    package var cacheReadTokens = 0
    /// Nil when no price is known for any of it.
    package var cost: Double?
    /// See `JournalReader.statistics`; part of the cost.
    package var failoverCacheCost: Double?
    /// Attempts that were cut (`AttemptVerdict.truncated`).
    package var truncated = 0
    /// Attempts that stood still too long (`AttemptVerdict.stalled`).
    package var stalled = 0
    /// Time until the first content, by nearest rank.
    package var firstContentP50: Duration?
    package var firstContentP95: Duration?

    package init(key: String?) { self.key = key }
  }
}
