import GRDB
import Pipeline

/// A filter as SQL.
struct ExchangeQuery {
  private var conditions: [String] = []
  private var arguments: [DatabaseValue] = []
  private let limit: Int

  init(_ filter: ExchangeFilter) {
    limit = max(0, filter.limit)
    if let session = filter.session { require("session = ?", session) }
    if let outcome = filter.outcome { require("outcome = ?", outcome.rawValue) }
    if filter.failedOnly { require("outcome = ?", ExchangeRecord.Outcome.failed.rawValue) }
    if let since = filter.since { require("arrived >= ?", since) }
    if let model = filter.model { require("model GLOB ?", Self.glob(model)) }
    if let path = filter.path { require("path GLOB ?", Self.glob(path)) }
    if let endpoint = filter.endpoint {
      require(
        "(endpoint = ? OR id IN (SELECT exchange FROM attempt WHERE endpoint = ?))", endpoint, endpoint)
    }
    if let before = filter.before {
      // An id that is no longer there still says where the page before ended: ids sort by time.
      require(
        "(arrived, id) < (coalesce((SELECT arrived FROM exchange WHERE id = ?), ?), ?)", before.text,
        Int64(before.text.prefix(11), radix: 16) ?? .max, before.text)
    }
  }

  var statement: (sql: String, arguments: StatementArguments) {
    let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    let sql = "SELECT * FROM exchange\(condition) ORDER BY arrived DESC, id DESC LIMIT \(limit)"
    return (sql, StatementArguments(arguments))
  }

  private mutating func require(_ condition: String, _ values: any DatabaseValueConvertible...) {
    conditions.append(condition)
    arguments.append(contentsOf: values.map(\.databaseValue))
  }

  /// Only `*` and `?` are wildcards for users; SQLite's GLOB knows sets as well.
  private static func glob(_ pattern: String) -> String {
    pattern.reduce(into: "") { $0 += $1 == "[" ? "[[]" : String($1) }
  }
}
