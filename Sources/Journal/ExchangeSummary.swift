import Foundation
import GRDB
package import Pipeline

/// What a list shows of an exchange; a fifth of the cost of its whole record.
package struct ExchangeSummary: Sendable, Equatable {
  package var id: ExchangeID
  /// Milliseconds since 1970.
  package var arrived: Int64
  package var method: String
  package var path: String
  package var model: String?
  package var endpoint: String?
  package var session: String?
  package var tags: [String]
  package var isStreamed: Bool
  package var outcome: ExchangeRecord.Outcome
  package var status: Int?
  package var attempts: Int
  package var failureCode: String?
  package var failureDetail: String?
  /// Since arrival.
  package var firstContent: Duration?
  package var total: Duration?
  package var bytesIn: Int
  package var bytesOut: Int
  package var usage: TokenUsage
  package var stopReason: String?
  /// Faults of the answer that were mended.
  package var repairs: Int
}

extension ExchangeSummary {
  /// Of an exchange that may still run.
  package init(_ record: ExchangeRecord) {
    id = record.id
    arrived = record.arrived
    method = record.method
    path = record.path
    model = record.model
    endpoint = record.endpoint
    session = record.session
    tags = record.tags
    isStreamed = record.isStreamed
    outcome = record.outcome
    status = record.status
    attempts = record.attempts
    failureCode = record.failureCode
    failureDetail = record.failureDetail
    firstContent = record.firstContent
    total = record.total
    bytesIn = record.bytesIn
    bytesOut = record.bytesOut
    usage = record.report.usage
    stopReason = record.report.stopReason
    repairs = record.report.repairs.values.reduce(0, +)
  }

  /// In the order in which they are read.
  static let columns = """
    id, arrived, method, path, model, endpoint, session, tags, is_streamed, outcome, status, attempts, failure_code,
    failure_detail, first_content_us, total_us, bytes_in, bytes_out, input_tokens, output_tokens,
    cache_creation_tokens, cache_read_tokens, stop_reason, repairs
    """

  static func fetchAll(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws
    -> [ExchangeSummary]
  {
    let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
    var summaries: [ExchangeSummary] = []
    while let row = try rows.next() { summaries.append(try ExchangeSummary(row)) }
    return summaries
  }

  private init(_ row: Row) throws {
    id = ExchangeID(text: row[0])
    arrived = row[1]
    method = row[2]
    path = row[3]
    model = row[4]
    endpoint = row[5]
    session = row[6]
    tags = try Self.json(row[7], empty: "[]", [])
    isStreamed = row[8]
    outcome = ExchangeRecord.Outcome(rawValue: row[9]) ?? .failed
    status = row[10]
    attempts = row[11]
    failureCode = row[12]
    failureDetail = row[13]
    firstContent = (row[14] as Int64?).map(Duration.microseconds)
    total = (row[15] as Int64?).map(Duration.microseconds)
    bytesIn = row[16]
    bytesOut = row[17]
    usage = TokenUsage(input: row[18], output: row[19], cacheCreation: row[20], cacheRead: row[21])
    stopReason = row[22]
    repairs = try Self.json(row[23], empty: "{}", [String: Int]()).values.reduce(0, +)
  }

  private static func json<Value: Decodable>(_ text: String, empty: String, _ nothing: Value) throws -> Value
  {
    text == empty ? nothing : try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }
}
