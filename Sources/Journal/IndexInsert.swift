import GRDB
import Pipeline

/// A row as it is written: a statement for its table, and its values in the order of the statement's columns.
///
/// Written by hand where reading is left to Codable: encoding a row by its keys cost ten times the insert.
protocol IndexInsert {
  static var table: String { get }
  static var columns: String { get }
  var values: [(any DatabaseValueConvertible)?] { get }
}

extension IndexInsert {
  /// Puts the row in the place of the one with the same key: the row at the end of an exchange replaces the one
  /// at its beginning, and a stretch of missing bytes grows.
  func insert(_ db: Database) throws {
    let statement = try db.cachedStatement(sql: Self.sql)
    statement.setUncheckedArguments(StatementArguments(values))
    try statement.execute()
  }

  private static var sql: String {
    let places = repeatElement("?", count: columns.count { $0 == "," } + 1).joined(separator: ",")
    return "INSERT OR REPLACE INTO \(table) (\(columns)) VALUES (\(places))"
  }
}

extension ExchangeRow: IndexInsert {
  static let table = "exchange"
  static let columns = """
    id, arrived, method, path, query, peer, session, tags, model, is_streamed, request_fields, outcome, status,
    endpoint, attempts, failure_code, failure_stage, failure_detail, skipped, first_byte_us, first_content_us,
    total_us, bytes_in, bytes_out, mirrored_bytes, answer_model, message_id, stop_reason, input_tokens,
    output_tokens, cache_creation_tokens, cache_read_tokens, events, repairs, warnings
    """

  var values: [(any DatabaseValueConvertible)?] {
    [
      id, arrived, method, path, query, peer, session, tags.json, model, isStreamed, requestFields.json,
      outcome, status, endpoint, attempts, failureCode, failureStage, failureDetail, skipped.json,
      firstByteUs,
      firstContentUs, totalUs, bytesIn, bytesOut, mirroredBytes, answerModel, messageId, stopReason,
      inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens, events, repairs.json, warnings.json,
    ]
  }
}

extension AttemptRow: IndexInsert {
  static let table = "attempt"
  static let columns = """
    exchange, number, endpoint, url, model, status, failure_code, failure_stage, failure_rule, failure_detail,
    decision, request_fields, response_fields, http_version, reused_connection, started_us, connect_us,
    first_byte_us, first_content_us, total_us, bytes_sent, bytes_received, answer_model, message_id,
    stop_reason, input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens, events, repairs,
    warnings
    """

  var values: [(any DatabaseValueConvertible)?] {
    [
      exchange, number, endpoint, url, model, status, failureCode, failureStage, failureRule, failureDetail,
      decision, requestFields.json, responseFields.json, httpVersion, reusedConnection, startedUs, connectUs,
      firstByteUs, firstContentUs, totalUs, bytesSent, bytesReceived, answerModel, messageId, stopReason,
      inputTokens, outputTokens, cacheCreationTokens, cacheReadTokens, events, repairs.json, warnings.json,
    ]
  }
}

extension BlockRow: IndexInsert {
  static let table = "body_block"
  static let columns = "exchange, part, attempt, position, raw_length, segment, offset, length"

  var values: [(any DatabaseValueConvertible)?] {
    [exchange, part, attempt, position, rawLength, segment, offset, length]
  }
}

// MARK: Lists as JSON

extension [FieldValue] {
  fileprivate var json: String {
    "[" + map { #"{"name":\#($0.name.jsonQuoted),"value":\#($0.value.jsonQuoted)}"# }.joined(separator: ",")
      + "]"
  }
}

extension [String] {
  fileprivate var json: String { "[" + map(\.jsonQuoted).joined(separator: ",") + "]" }
}

extension [String: Int] {
  fileprivate var json: String {
    isEmpty ? "{}" : "{" + map { "\($0.jsonQuoted):\($1)" }.joined(separator: ",") + "}"
  }
}
