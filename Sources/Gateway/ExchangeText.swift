import Foundation
import Journal
import Pipeline

/// Records of the journal as text for a terminal, or as JSON for programs.
enum ExchangeText {
  /// One line of `logs list`.
  static func line(_ record: ExchangeRecord) -> String {
    [
      record.id.text, time(record.arrived), record.outcome.rawValue, record.status.map(String.init) ?? "-",
      record.endpoint ?? "-", "\(record.attempts) attempts", record.model ?? "-", seconds(record.total),
      tokens(record.report.usage), record.failureCode ?? "",
    ].filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// `logs show` without the bodies.
  static func full(_ detail: ExchangeDetail) -> String {
    let record = detail.record
    var lines = [
      "\(record.method) \(record.path)\(record.query.map { "?" + $0 } ?? "")  \(record.id)  \(time(record.arrived))",
      "outcome  \(record.outcome.rawValue), HTTP \(record.status.map(String.init) ?? "-"), \(seconds(record.total))",
      "model  \(record.model ?? "-")  session  \(record.session ?? "-")  tags  \(record.tags.joined(separator: ", "))",
      "first byte  \(seconds(record.firstByte))  first content  \(seconds(record.firstContent))",
      "tokens  \(tokens(record.report.usage))  stop  \(record.report.stopReason ?? "-")",
    ]
    if let code = record.failureCode {
      lines.append("failure  \(code) in \(record.failureStage ?? "-"): \(record.failureDetail ?? "")")
    }
    lines += record.skipped.map { "skipped  \($0)" }
    lines += counts("repaired", record.report.repairs) + counts("warned", record.report.warnings)
    for attempt in detail.attempts { lines += [""] + text(attempt) }
    for body in detail.bodies where body.isTruncated {
      lines.append("truncated  \(body.part): \(body.rawLength) bytes kept, \(body.missing) not")
    }
    return lines.joined(separator: "\n")
  }

  private static func text(_ attempt: AttemptRecord) -> [String] {
    var lines = [
      "attempt \(attempt.number)  \(attempt.endpoint)  \(attempt.url)",
      "  \(attempt.decision), HTTP \(attempt.status.map(String.init) ?? "-") \(attempt.httpVersion ?? ""), model \(attempt.model ?? "-")",
      "  connect \(seconds(attempt.connect))\(attempt.reusedConnection ? " (reused)" : ""), first byte \(seconds(attempt.firstByte)), first content \(seconds(attempt.firstContent)), total \(seconds(attempt.total))",
      "  \(attempt.bytesSent) bytes sent, \(attempt.bytesReceived) received",
    ]
    if let code = attempt.failureCode {
      let rule = attempt.failureRule.map { " [\($0)]" } ?? ""
      lines.append("  \(code)\(rule) in \(attempt.failureStage ?? "-"): \(attempt.failureDetail ?? "")")
    }
    if let seam = attempt.continuesAt {
      lines.append("  carries the answer on from byte \(seam) of what the client got")
    }
    lines += attempt.degradations.map { "  weaker than asked: \($0)" }
    return lines
  }

  private static func counts(_ word: String, _ counts: [String: Int]) -> [String] {
    counts.sorted { $0.key < $1.key }.map { "\(word)  \($0.key) × \($0.value)" }
  }

  /// A body's beginning, as much as a terminal wants to see.
  static func excerpt(_ body: [UInt8]) -> String {
    let limit = 4000
    let text = Bytes(body.prefix(limit)).text
    return body.count > limit ? text + "\n… \(body.count - limit) bytes more: logs show ID --body NAME" : text
  }

  private static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(.iso8601.time(includingFractionalSeconds: true).dateSeparator(.dash).year().month().day())
  }

  private static func seconds(_ duration: Duration?) -> String {
    duration.map { String(format: "%.3f s", $0.milliseconds / 1000) } ?? "-"
  }

  private static func tokens(_ usage: TokenUsage) -> String {
    "\(usage.input.map(String.init) ?? "-") in / \(usage.output.map(String.init) ?? "-") out"
  }

  /// One object of `logs list --json`; keys as in `ExchangeRecord`, durations in seconds.
  static func json(_ record: ExchangeRecord) -> String {
    var members: [(String, String?)] = [
      ("id", record.id.text.jsonQuoted), ("arrived", String(record.arrived)),
      ("method", record.method.jsonQuoted), ("path", record.path.jsonQuoted),
      ("outcome", record.outcome.rawValue.jsonQuoted), ("status", record.status.map(String.init)),
      ("endpoint", record.endpoint?.jsonQuoted), ("attempts", String(record.attempts)),
      ("session", record.session?.jsonQuoted), ("model", record.model?.jsonQuoted),
      ("tags", "[\(record.tags.map(\.jsonQuoted).joined(separator: ","))]"),
      ("failureCode", record.failureCode?.jsonQuoted), ("failureStage", record.failureStage?.jsonQuoted),
      ("failureDetail", record.failureDetail?.jsonQuoted),
      ("stopReason", record.report.stopReason?.jsonQuoted),
      ("inputTokens", record.report.usage.input.map(String.init)),
      ("outputTokens", record.report.usage.output.map(String.init)),
      ("bytesIn", String(record.bytesIn)), ("bytesOut", String(record.bytesOut)),
    ]
    for (name, duration) in [
      ("firstByte", record.firstByte), ("firstContent", record.firstContent), ("total", record.total),
    ] {
      members.append((name, duration.map { String($0.milliseconds / 1000) }))
    }
    return "{" + members.map { "\($0.0.jsonQuoted):\($0.1 ?? "null")" }.joined(separator: ",") + "}"
  }
}
