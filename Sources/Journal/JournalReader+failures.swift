import GRDB
package import Pipeline

extension JournalReader {
  /// Words longer than this are not read whole, in bytes; a refusal is not longer.
  private static let wordsLimit = 1 << 20

  /// Attempts that failed since `since`, in milliseconds since 1970, newest first: those that failure rules were asked
  /// about. What was cut after the client had seen some of it is not among them, nor what was cancelled.
  package func failedAttempts(since: Int64, limit: Int) throws(JournalError) -> [FailedAttempt] {
    try failedAttempts("exchange >= ?", [ExchangeQuery.firstID(at: since)], limit: limit)
  }

  /// The same of one exchange.
  package func failedAttempts(of id: ExchangeID) throws(JournalError) -> [FailedAttempt] {
    try failedAttempts("exchange = ?", [id.text], limit: .max)
  }

  private func failedAttempts(
    _ condition: String, _ arguments: StatementArguments, limit: Int
  ) throws(JournalError) -> [FailedAttempt] {
    let found = try read { db in
      let rows = try StatementRows(
        db,
        """
        SELECT exchange, number, endpoint, status, failure_code, failure_detail, decision
        FROM attempt INDEXED BY attempt_figures
        WHERE \(condition) AND failure_code IS NOT NULL AND failure_code <> 'client_gone'
          AND decision NOT IN ('served', 'dropped', 'cancelled', 'ended after a tool call', 'carried on elsewhere')
        ORDER BY exchange DESC, number DESC LIMIT ?
        """, arguments + [max(0, limit)])
      var found: [FailedAttempt] = []
      while try rows.next() {
        let status = rows.integer(3).map(Int.init)
        found.append(
          FailedAttempt(
            exchange: ExchangeID(text: rows.text(0) ?? ""), number: Int(rows.integer(1) ?? 0),
            endpoint: rows.text(2) ?? "", status: status.flatMap { $0 < 300 ? nil : $0 },
            failureCode: rows.text(4) ?? "", failureDetail: rows.text(5), decision: rows.text(6) ?? "",
            words: []))
      }
      return found
    }
    var attempts = found
    for index in attempts.indices { attempts[index].words = words(of: attempts[index]) }
    return attempts
  }

  /// Empty where they are damaged or missing.
  private func words(of attempt: FailedAttempt) -> [UInt8] {
    guard attempt.failureCode == "upstream_status" || attempt.failureCode == "error_event",
      let bytes = try? body(attempt.exchange, .responseReceived(attempt: attempt.number))
    else { return [] }
    guard attempt.failureCode == "error_event" else { return Array(bytes.prefix(Self.wordsLimit)) }
    return Self.lastData(in: bytes)
  }

  /// The data of the last event; all of it when the answer is no event stream.
  private static func lastData(in bytes: [UInt8]) -> [UInt8] {
    let lines = bytes.suffix(wordsLimit).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    guard let line = lines.last(where: { $0.starts(with: "data:".utf8) }) else {
      return Array(bytes.prefix(wordsLimit))
    }
    return Array(line.dropFirst(5).drop { $0 == UInt8(ascii: " ") })
  }
}
