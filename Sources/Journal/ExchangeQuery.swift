import GRDB
import Pipeline

/// A filter as SQL.
///
/// Exchanges are listed by their ids, which sort by time. All conditions are on columns of `exchange_figures`, so that
/// those who do not fit cost no look at their rows.
struct ExchangeQuery {
  /// Between the time in an id and the noted arrival lies no more than this, in milliseconds.
  static let clockSlack: Int64 = 60_000

  private var conditions: [String] = []
  private var arguments: [DatabaseValue] = []
  private var index = "exchange_figures"

  init(_ filter: ExchangeFilter) {
    if let session = filter.session {
      index = "exchange_session"
      require("session = ?", session)
    }
    if let outcome = filter.outcome { require("outcome = ?", outcome.rawValue) }
    if filter.failedOnly { require("outcome = ?", ExchangeRecord.Outcome.failed.rawValue) }
    if let since = filter.since {
      require("arrived >= ?", since)
      require("id >= ?", Self.firstID(at: since - Self.clockSlack))
    }
    if let until = filter.until {
      require("arrived < ?", until)
      require("id < ?", Self.firstID(at: until + Self.clockSlack))
    }
    if let model = filter.model { require("model GLOB ?", Self.glob(model)) }
    if let path = filter.path { require("path GLOB ?", Self.glob(path)) }
    if let endpoint = filter.endpoint {
      // An exchange names the last endpoint it was at, so most have no other attempts to look at.
      require(
        """
        (endpoint = ? OR (attempts <> 1 OR endpoint IS NULL) AND EXISTS
          (SELECT 1 FROM attempt INDEXED BY attempt_figures WHERE exchange = id AND attempt.endpoint = ?))
        """, endpoint, endpoint)
    }
    if let before = filter.before { require("id < ?", before.text) }
  }

  /// The whole rows, those alone that say what is looked for.
  func rows(_ query: String?, limit: Int) -> (sql: String, arguments: StatementArguments) {
    select(inner: "SELECT id", columns: "*", query, limit: limit)
  }

  /// The rows as far as `ExchangeSummary` reads them.
  func summaries(_ query: String?, limit: Int) -> (sql: String, arguments: StatementArguments) {
    select(inner: "SELECT id", columns: ExchangeSummary.columns, query, limit: limit)
  }

  /// The id of each exchange, and whether its row or one of its attempts says what is looked for.
  func candidates(_ query: String, limit: Int) -> (sql: String, arguments: StatementArguments) {
    let (match, values) = Self.match(query)
    let sql =
      "SELECT id, arrived, \(match) FROM exchange INDEXED BY \(index)\(condition(nil)) ORDER BY id DESC LIMIT \(limit)"
    return (sql, StatementArguments(values + arguments))
  }

  private func select(
    inner: String, columns: String, _ query: String?, limit: Int
  ) -> (sql: String, arguments: StatementArguments) {
    let match = query.map(Self.match)
    let ids =
      "\(inner) FROM exchange INDEXED BY \(index)\(condition(match?.sql)) ORDER BY id DESC LIMIT \(max(0, limit))"
    return (
      "SELECT \(columns) FROM exchange WHERE id IN (\(ids)) ORDER BY id DESC",
      StatementArguments(arguments + (match?.values ?? []))
    )
  }

  private func condition(_ match: String?) -> String {
    let all = conditions + (match.map { [$0] } ?? [])
    return all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
  }

  private static func match(_ query: String) -> (sql: String, values: [DatabaseValue]) {
    func contain(_ columns: [String]) -> String {
      columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ")
    }
    let own = [
      "id", "model", "answer_model", "endpoint", "session", "path", "failure_code", "failure_detail",
      "message_id",
    ]
    let tried = ["a.endpoint", "a.model", "a.answer_model", "a.failure_code", "a.failure_detail"]
    let sql = """
      (\(contain(own)) OR EXISTS (SELECT 1 FROM attempt a INDEXED BY attempt_figures
        WHERE a.exchange = exchange.id AND (\(contain(tried)))))
      """
    let pattern = "%" + query.reduce(into: "") { $0 += "%_\\".contains($1) ? "\\\($1)" : String($1) } + "%"
    return (sql, Array(repeating: pattern.databaseValue, count: own.count + tried.count))
  }

  private mutating func require(_ condition: String, _ values: any DatabaseValueConvertible...) {
    conditions.append(condition)
    arguments.append(contentsOf: values.map(\.databaseValue))
  }

  /// No exchange that arrived at this time or later has a smaller id, but for `clockSlack`.
  static func firstID(at milliseconds: Int64) -> String {
    let digits = String(max(0, milliseconds), radix: 16)
    return String(repeating: "0", count: max(0, 11 - digits.count)) + digits
  }

  /// Only `*` and `?` are wildcards for users; SQLite's GLOB knows sets as well.
  private static func glob(_ pattern: String) -> String {
    pattern.reduce(into: "") { $0 += $1 == "[" ? "[[]" : String($1) }
  }
}
