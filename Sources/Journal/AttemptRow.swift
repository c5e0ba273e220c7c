import GRDB
import Pipeline

/// An attempt as the index holds it; the same conventions as `ExchangeRow`.
struct AttemptRow: Codable, Sendable, FetchableRecord {
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var exchange: String
  var number: Int
  var endpoint: String
  var url: String
  var model: String?
  var status: Int?
  var failureCode: String?
  var failureStage: String?
  var failureRule: String?
  var failureDetail: String?
  var decision: String
  var requestFields: [FieldValue]
  var responseFields: [FieldValue]
  var httpVersion: String?
  var reusedConnection: Bool
  var startedUs: Int64
  var connectUs: Int64?
  var firstByteUs: Int64?
  var firstContentUs: Int64?
  var totalUs: Int64?
  var bytesSent: Int
  var bytesReceived: Int
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
  var degradations: [String]
  var continuesAt: Int?
}

extension AttemptRow {
  init(_ record: AttemptRecord) {
    self.init(
      exchange: record.exchange.text, number: record.number, endpoint: record.endpoint, url: record.url,
      model: record.model, status: record.status, failureCode: record.failureCode,
      failureStage: record.failureStage, failureRule: record.failureRule,
      failureDetail: record.failureDetail, decision: record.decision,
      requestFields: record.requestFields.map(FieldValue.init),
      responseFields: record.responseFields.map(FieldValue.init), httpVersion: record.httpVersion,
      reusedConnection: record.reusedConnection, startedUs: record.started.microseconds,
      connectUs: record.connect?.microseconds, firstByteUs: record.firstByte?.microseconds,
      firstContentUs: record.firstContent?.microseconds, totalUs: record.total?.microseconds,
      bytesSent: record.bytesSent, bytesReceived: record.bytesReceived,
      answerModel: record.report.model, messageId: record.report.messageID,
      stopReason: record.report.stopReason, inputTokens: record.report.usage.input,
      outputTokens: record.report.usage.output, cacheCreationTokens: record.report.usage.cacheCreation,
      cacheReadTokens: record.report.usage.cacheRead, events: record.report.events,
      repairs: record.report.repairs, warnings: record.report.warnings, degradations: record.degradations,
      continuesAt: record.continuesAt)
  }

  var record: AttemptRecord {
    var record = AttemptRecord(
      exchange: ExchangeID(text: exchange), number: number, endpoint: endpoint, url: url)
    record.model = model
    record.status = status
    record.failureCode = failureCode
    record.failureStage = failureStage
    record.failureRule = failureRule
    record.failureDetail = failureDetail
    record.decision = decision
    record.degradations = degradations
    record.continuesAt = continuesAt
    record.requestFields = requestFields.map { ($0.name, $0.value) }
    record.responseFields = responseFields.map { ($0.name, $0.value) }
    record.httpVersion = httpVersion
    record.reusedConnection = reusedConnection
    record.started = .microseconds(startedUs)
    record.connect = connectUs.map(Duration.microseconds)
    record.firstByte = firstByteUs.map(Duration.microseconds)
    record.firstContent = firstContentUs.map(Duration.microseconds)
    record.total = totalUs.map(Duration.microseconds)
    record.bytesSent = bytesSent
    record.bytesReceived = bytesReceived
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
