import GRDB
import HTTPTypes
import Pipeline

/// An exchange as the index holds it: one column a field, lists as JSON text, durations in microseconds.
struct ExchangeRow: Codable, Sendable, FetchableRecord {
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var id: String
  var arrived: Int64
  var method: String
  var path: String
  var query: String?
  var peer: String
  var session: String?
  var tags: [String]
  var model: String?
  var isStreamed: Bool
  var requestFields: [FieldValue]
  var outcome: String
  var status: Int?
  var endpoint: String?
  var attempts: Int
  var failureCode: String?
  var failureStage: String?
  var failureDetail: String?
  var skipped: [String]
  var firstByteUs: Int64?
  var firstContentUs: Int64?
  var totalUs: Int64?
  var bytesIn: Int
  var bytesOut: Int
  var mirroredBytes: Int
  var mirroredAttempt: Int?
  var answerModel: String?
  var messageId: String?
  var stopReason: String?
  var inputTokens: Int?
  var outputTokens: Int?
  var cacheCreationTokens: Int?
  var cacheReadTokens: Int?
  var events: Int
  var repairs: [String: Int]
  var warnings: [String: Int]
}

/// One header field.
struct FieldValue: Codable, Sendable {
  var name: String
  var value: String
}

extension ExchangeRow {
  init(_ record: ExchangeRecord) {
    self.init(
      id: record.id.text, arrived: record.arrived, method: record.method, path: record.path,
      query: record.query, peer: record.peer, session: record.session, tags: record.tags,
      model: record.model, isStreamed: record.isStreamed,
      requestFields: record.requestFields.map(FieldValue.init), outcome: record.outcome.rawValue,
      status: record.status, endpoint: record.endpoint, attempts: record.attempts,
      failureCode: record.failureCode, failureStage: record.failureStage,
      failureDetail: record.failureDetail, skipped: record.skipped,
      firstByteUs: record.firstByte?.microseconds, firstContentUs: record.firstContent?.microseconds,
      totalUs: record.total?.microseconds, bytesIn: record.bytesIn, bytesOut: record.bytesOut,
      mirroredBytes: record.mirroredBytes, mirroredAttempt: record.mirroredAttempt,
      answerModel: record.report.model, messageId: record.report.messageID,
      stopReason: record.report.stopReason, inputTokens: record.report.usage.input,
      outputTokens: record.report.usage.output, cacheCreationTokens: record.report.usage.cacheCreation,
      cacheReadTokens: record.report.usage.cacheRead, events: record.report.events,
      repairs: record.report.repairs, warnings: record.report.warnings)
  }

  /// The row of an exchange of which only bodies are left.
  init(recovered id: ExchangeID) {
    self.init(
      ExchangeRecord(
        id: id, arrived: Int64(id.text.prefix(11), radix: 16) ?? 0,
        request: ClientRequest(method: .post, path: "", body: [])))
    outcome = ExchangeRecord.Outcome.failed.rawValue
    failureCode = "index_lost"
    failureDetail = "The index was damaged; only the bodies of this exchange were found again."
  }

  var record: ExchangeRecord {
    var record = ExchangeRecord(
      id: ExchangeID(text: id), arrived: arrived,
      request: ClientRequest(method: .post, path: path, query: query, peer: peer))
    record.method = method
    record.session = session
    record.tags = tags
    record.model = model
    record.isStreamed = isStreamed
    record.requestFields = requestFields.map { ($0.name, $0.value) }
    record.outcome = ExchangeRecord.Outcome(rawValue: outcome) ?? .failed
    record.status = status
    record.endpoint = endpoint
    record.attempts = attempts
    record.failureCode = failureCode
    record.failureStage = failureStage
    record.failureDetail = failureDetail
    record.skipped = skipped
    record.firstByte = firstByteUs.map(Duration.microseconds)
    record.firstContent = firstContentUs.map(Duration.microseconds)
    record.total = totalUs.map(Duration.microseconds)
    record.bytesIn = bytesIn
    record.bytesOut = bytesOut
    record.mirroredBytes = mirroredBytes
    record.mirroredAttempt = mirroredAttempt ?? 0
    record.report.model = answerModel
    record.report.messageID = messageId
    record.report.stopReason = stopReason
    record.report.usage = TokenUsage(
      input: inputTokens, output: outputTokens, cacheCreation: cacheCreationTokens,
      cacheRead: cacheReadTokens)
    record.report.events = events
    record.report.repairs = repairs
    record.report.warnings = warnings
    return record
  }
}

extension Duration {
  /// Whole microseconds.
  var microseconds: Int64 { nanoseconds / 1000 }
}
