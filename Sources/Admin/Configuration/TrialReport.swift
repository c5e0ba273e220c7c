import Foundation
import Pipeline

/// How a tiny request to an endpoint went.
struct TrialReport: JSONObject {
  let trial: TrialAnswer

  init(_ trial: TrialAnswer) { self.trial = trial }

  private var exchange: ExchangeRecord { trial.exchange }
  private var last: AttemptRecord? { trial.attempts.last }

  /// What stands in the way; the attempt knows it best.
  private var failure: FailureView? {
    guard exchange.outcome != .completed else { return nil }
    return last.flatMap { FailureView($0) } ?? FailureView(exchange)
  }

  /// The text of the answer, streamed or whole.
  private var text: String {
    let lines = trial.body.text.split(separator: "\n").compactMap { line -> [String: Any]? in
      let json = line.hasPrefix("data:") ? line.dropFirst(5) : line
      return try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    }
    return lines.map { object in
      if let delta = object["delta"] as? [String: Any] { return delta["text"] as? String ?? "" }
      let blocks = object["content"] as? [[String: Any]] ?? []
      return blocks.compactMap { $0["text"] as? String }.joined()
    }.joined()
  }

  static let schemaName = "EndpointTest"
  static let members: [Member<TrialReport>] = [
    Member("ok") { $0.exchange.outcome == .completed }, Member("exchange") { $0.exchange.id.text },
    Member("status", "Of the endpoint") { $0.last?.status ?? $0.exchange.status },
    Member("model", "As the endpoint was asked for it") { $0.last?.model ?? $0.exchange.model },
    Member("first_byte_ms") { $0.last?.firstByte?.milliseconds },
    Member("first_content_ms") { $0.last?.firstContent?.milliseconds },
    Member("total_ms") { $0.exchange.total?.milliseconds }, Member("text") { $0.text },
    Member("stop_reason") { $0.exchange.report.stopReason },
    Member("usage") { Usage($0.exchange.report.usage) }, Member("failure") { $0.failure },
    Member("repairs", "Rule → how often it was mended") { $0.last?.report.repairs ?? [:] },
    Member("warnings", "Rule → how often it was broken without harm") { $0.last?.report.warnings ?? [:] },
    Member("events") { $0.last?.report.events ?? 0 },
  ]
}

/// What went wrong, and where.
package struct FailureView: JSONObject {
  var code: String
  var stage: String?
  var rule: String?
  var detail: String?

  /// Nil when it did not fail.
  init?(_ attempt: AttemptRecord) {
    guard let code = attempt.failureCode else { return nil }
    self.code = code
    (stage, rule, detail) = (attempt.failureStage, attempt.failureRule, attempt.failureDetail)
  }

  init?(_ exchange: ExchangeRecord) {
    guard let code = exchange.failureCode else { return nil }
    self.code = code
    (stage, detail) = (exchange.failureStage, exchange.failureDetail)
  }

  package static let schemaName = "Failure"
  package static let members: [Member<FailureView>] = [
    Member("code") { $0.code }, Member("stage") { $0.stage },
    Member("rule", "Of the protocol, such as V19") { $0.rule }, Member("detail") { $0.detail },
  ]
}
