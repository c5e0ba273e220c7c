import Journal
import Pipeline

/// All that is known of an exchange but its bodies.
struct ExchangeView: JSONObject {
  let record: ExchangeRecord
  /// In USD.
  let cost: Double?

  static let schemaName = "Exchange"
  static let members: [Member<ExchangeView>] =
    ExchangeSummary.members.filter { $0.name != "repairs" }
    .map { member in member.of { ExchangeSummary($0.record) } } + [
      Member("query") { $0.record.query }, Member("peer") { $0.record.peer },
      Member("request_fields", "Name and value; credentials are masked") {
        FieldView.all($0.record.requestFields)
      },
      Member("skipped", "Endpoints that were not asked, and why") { $0.record.skipped },
      Member("failure_stage") { $0.record.failureStage },
      Member("first_byte_ms") { $0.record.firstByte?.milliseconds },
      Member("mirrored_bytes", "So many bytes of the answer are those of the attempt") {
        $0.record.mirroredBytes
      },
      Member("mirrored_attempt") { $0.record.mirroredAttempt },
      Member("answer_model") { $0.record.report.model }, Member("message_id") { $0.record.report.messageID },
      Member("events") { $0.record.report.events },
      Member("repairs", "Rule → how often it was mended") { $0.record.report.repairs },
      Member("warnings") { $0.record.report.warnings }, Member("cost_usd") { $0.cost },
    ]
}

/// One try at one endpoint.
struct AttemptView: JSONObject {
  let record: AttemptRecord

  static let schemaName = "Attempt"
  static let members: [Member<AttemptView>] = [
    Member("number") { $0.record.number }, Member("endpoint") { $0.record.endpoint },
    Member("url") { $0.record.url }, Member("model") { $0.record.model },
    Member("status") { $0.record.status }, Member("decision", "What was made of it") { $0.record.decision },
    Member("failure") { FailureView($0.record) },
    Member("degradations", "What it got in a weaker form") { $0.record.degradations },
    Member("continues_at", "The client had so many bytes when it carried the answer on") {
      $0.record.continuesAt
    },
    Member("request_fields") { FieldView.all($0.record.requestFields) },
    Member("response_fields") { FieldView.all($0.record.responseFields) },
    Member("http_version") { $0.record.httpVersion },
    Member("reused_connection") { $0.record.reusedConnection },
    Member("started_ms", "Since arrival") { $0.record.started.milliseconds },
    Member("connect_ms", "Since its start, as those below") { $0.record.connect?.milliseconds },
    Member("first_byte_ms") { $0.record.firstByte?.milliseconds },
    Member("first_content_ms") { $0.record.firstContent?.milliseconds },
    Member("total_ms") { $0.record.total?.milliseconds }, Member("bytes_sent") { $0.record.bytesSent },
    Member("bytes_received") { $0.record.bytesReceived }, Member("usage") { Usage($0.record.report.usage) },
    Member("stop_reason") { $0.record.report.stopReason }, Member("events") { $0.record.report.events },
    Member("repairs", "Rule → count") { $0.record.report.repairs },
    Member("warnings", "Rule → count") { $0.record.report.warnings },
  ]
}

/// Header fields as pairs of name and value.
enum FieldView {
  static func all(_ fields: [(name: String, value: String)]) -> [[String]] {
    fields.map { [$0.name, $0.value] }
  }
}

/// A body in the journal.
struct BodyView: JSONObject {
  let body: StoredBody

  static let schemaName = "Body"
  static let members: [Member<BodyView>] = [
    Member("part", "request, response, request-N or response-N of attempt N") { $0.body.part.apiName },
    Member("bytes") { $0.body.rawLength },
    Member("missing", "Bytes after them that were not kept") { $0.body.missing },
  ]
}

extension BodyPart {
  /// Empty for what is no body of the exchange.
  var apiName: String? {
    switch self {
    case .requestReceived: "request"
    case .responseSent: "response"
    case .requestSent(let attempt): "request-\(attempt)"
    case .responseReceived(let attempt): "response-\(attempt)"
    case .responseTimes: nil
    }
  }

  init?(apiName: String) {
    let parts = apiName.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let attempt = Int(parts[1]), attempt > 0 else { return nil }
    switch parts[0] {
    case "request": self = .requestSent(attempt: attempt)
    case "response": self = .responseReceived(attempt: attempt)
    default: return nil
    }
  }
}
