import GRDB
import Pipeline

/// A row as it is written: a statement for its table, and its values in the order of the statement's columns.
///
/// Bound by hand where reading is left to Codable: a list of boxed values cost more than the insert itself,
/// encoding by keys ten times that.
protocol IndexInsert {
  /// Puts the row in the place of the one with the same key: the row at the end of an exchange replaces the one
  /// at its beginning, and a stretch of missing bytes grows.
  static var insertion: String { get }
  func bind(to row: inout RowBinder)
}

extension IndexInsert {
  func insert(_ db: Database) throws {
    let statement = try db.cachedStatement(sql: Self.insertion)
    // Resets the statement and leaves everything null.
    statement.setUncheckedArguments(StatementArguments())
    var row = unsafe RowBinder(statement: statement.sqliteStatement)
    bind(to: &row)
    if let code = row.problem { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    try statement.execute()
  }

  fileprivate static func sql(into table: String, _ columns: String) -> String {
    let places = repeatElement("?", count: columns.count { $0 == "," } + 1).joined(separator: ",")
    return "INSERT OR REPLACE INTO \(table) (\(columns)) VALUES (\(places))"
  }
}

/// Binds the values of one row, from the first column on.
@safe
struct RowBinder {
  private let statement: SQLiteStatement
  private var column: CInt = 0
  /// SQLite's code for the last value that could not be bound.
  private(set) var problem: CInt?

  fileprivate init(statement: SQLiteStatement) { unsafe self.statement = unsafe statement }

  /// Nil stays null.
  mutating func add(_ value: (some StatementBinding)?) {
    column += 1
    guard let value else { return }
    let code = unsafe value.bind(to: statement, at: column)
    if code != ResultCode.SQLITE_OK.rawValue { problem = code }
  }
}

extension ExchangeRow: IndexInsert {
  static let insertion = sql(
    into: "exchange",
    """
    id, arrived, method, path, query, peer, session, tags, model, is_streamed, request_fields, outcome, status,
    endpoint, attempts, failure_code, failure_stage, failure_detail, skipped, first_byte_us, first_content_us,
    total_us, bytes_in, bytes_out, mirrored_bytes, answer_model, message_id, stop_reason, input_tokens,
    output_tokens, cache_creation_tokens, cache_read_tokens, events, repairs, warnings,
    mirrored_attempt
    """)

  func bind(to row: inout RowBinder) {
    row.add(id)
    row.add(arrived)
    row.add(method)
    row.add(path)
    row.add(query)
    row.add(peer)
    row.add(session)
    row.add(tags.json)
    row.add(model)
    row.add(isStreamed)
    row.add(requestFields.json)
    row.add(outcome)
    row.add(status)
    row.add(endpoint)
    row.add(attempts)
    row.add(failureCode)
    row.add(failureStage)
    row.add(failureDetail)
    row.add(skipped.json)
    row.add(firstByteUs)
    row.add(firstContentUs)
    row.add(totalUs)
    row.add(bytesIn)
    row.add(bytesOut)
    row.add(mirroredBytes)
    row.add(answerModel)
    row.add(messageId)
    row.add(stopReason)
    row.add(inputTokens)
    row.add(outputTokens)
    row.add(cacheCreationTokens)
    row.add(cacheReadTokens)
    row.add(events)
    row.add(repairs.json)
    row.add(warnings.json)
    row.add(mirroredAttempt)
  }
}

extension AttemptRow: IndexInsert {
  static let insertion = sql(
    into: "attempt",
    """
    exchange, number, endpoint, url, model, status, failure_code, failure_stage, failure_rule, failure_detail,
    decision, request_fields, response_fields, http_version, reused_connection, started_us, connect_us,
    first_byte_us, first_content_us, total_us, bytes_sent, bytes_received, answer_model, message_id,
    stop_reason, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, events, repairs,
    warnings, degradations, continues_at
    """)

  func bind(to row: inout RowBinder) {
    row.add(exchange)
    row.add(number)
    row.add(endpoint)
    row.add(url)
    row.add(model)
    row.add(status)
    row.add(failureCode)
    row.add(failureStage)
    row.add(failureRule)
    row.add(failureDetail)
    row.add(decision)
    row.add(requestFields.json)
    row.add(responseFields.json)
    row.add(httpVersion)
    row.add(reusedConnection)
    row.add(startedUs)
    row.add(connectUs)
    row.add(firstByteUs)
    row.add(firstContentUs)
    row.add(totalUs)
    row.add(bytesSent)
    row.add(bytesReceived)
    row.add(answerModel)
    row.add(messageId)
    row.add(stopReason)
    row.add(inputTokens)
    row.add(outputTokens)
    row.add(cacheCreationTokens)
    row.add(cacheReadTokens)
    row.add(events)
    row.add(repairs.json)
    row.add(warnings.json)
    row.add(degradations.json)
    row.add(continuesAt)
  }
}

extension BlockRow: IndexInsert {
  static let insertion = sql(
    into: "body_block", "exchange, part, attempt, position, raw_length, segment, offset, length")

  func bind(to row: inout RowBinder) {
    row.add(exchange)
    row.add(part)
    row.add(attempt)
    row.add(position)
    row.add(rawLength)
    row.add(segment)
    row.add(offset)
    row.add(length)
  }
}

// MARK: Lists as JSON

extension [FieldValue] {
  fileprivate var json: String {
    var text = ""
    // Nothing but quotes and names around each, unless something has to be escaped.
    text.reserveCapacity(reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 24 })
    text += "["
    for field in self {
      text += text.utf8.count > 1 ? ",{\"name\":" : "{\"name\":"
      text.appendJSON(field.name)
      text += ",\"value\":"
      text.appendJSON(field.value)
      text += "}"
    }
    text += "]"
    return text
  }
}

extension [String] {
  fileprivate var json: String { isEmpty ? "[]" : "[" + map(\.jsonQuoted).joined(separator: ",") + "]" }
}

extension [String: Int] {
  fileprivate var json: String {
    isEmpty ? "{}" : "{" + map { "\($0.jsonQuoted):\($1)" }.joined(separator: ",") + "}"
  }
}
