package import Foundation
import GRDB
package import Pipeline

extension JournalReader {
  /// Sums over the exchanges that arrived today and in the `days - 1` days before, by the wall clock of `zone`. Running
  /// exchanges do not count.
  ///
  /// **What a failover cost in lost cache**: an exchange counts when the exchange of the same session and model that
  /// completed before it arrived at most five minutes earlier, read from the prompt cache, and was answered by another
  /// endpoint. What that one had in its cache (read and written) and this one did not read from a cache is lost, as far
  /// as this one paid for so much input: written to the cache first, then read without. The cost is the difference
  /// between that and reading the same from the cache.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970.
  ///   - price: what tokens of a model cost; nil when that is not known. It is asked with sums, so it has to be linear.
  ///     The model is the one that answered, or that was asked for when the answer names none.
  package func statistics(
    days: Int, by key: UsageStatistics.Key, now: Int64, zone: TimeZone = .current,
    price: (_ model: String, _ usage: TokenUsage) -> Double? = { _, _ in nil }
  ) throws(JournalError) -> UsageStatistics {
    let range = DayRange(days: days, now: now, zone: zone)
    return try read { db in
      var exchanges = ExchangeScan(range: range, key: key)
      try exchanges.run(db)
      let rows: [UsageStatistics.Row]
      if key == .endpoint {
        var attempts = AttemptScan(since: range.since, losses: exchanges.lossesByEndpoint)
        try attempts.run(db)
        rows = attempts.rows(price)
      } else {
        rows = exchanges.rows(price)
      }
      return UsageStatistics(rows: rows, totals: exchanges.totals(price))
    }
  }
}
