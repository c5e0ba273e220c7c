import GRDB
import Pipeline

/// Adds up attempts by endpoint in one pass over the index.
struct AttemptScan {
  private let since: Int64
  private var endpoints = ColumnTexts(column: 1)
  private var models = ColumnTexts(column: 5)
  private var sum = StatisticsSum()

  init(since: Int64, losses: [(endpoint: String, model: String, loss: CacheLoss)]) {
    self.since = since
    for (endpoint, model, loss) in losses {
      sum.add(endpoints.number(of: endpoint), model: models.number(of: model), lost: loss)
    }
  }

  mutating func run(_ db: Database) throws {
    let rows = try AttemptFigures.rows(db, since: since)
    while try rows.next() {
      let verdict = AttemptFigures.verdict(rows)
      let endpoint = endpoints.number(in: rows)
      sum.add(
        endpoint, failed: verdict.isFault, firstContent: rows.integer(6), model: models.number(in: rows),
        StatisticsSum.Tokens(rows, from: 7))
      if verdict != .good { sum.add(endpoint, verdict) }
    }
  }

  func rows(_ price: (String, TokenUsage) -> Double?) -> [UsageStatistics.Row] {
    sum.rows(keys: endpoints.texts, models: models.texts, price)
  }
}

/// The attempts in the index, as all that is counted of endpoints reads them.
enum AttemptFigures {
  /// Columns: exchange, endpoint, failure code, status, whether it was cancelled, model, first content, four token counts.
  static func rows(_ db: Database, since: Int64, endpoint: String? = nil) throws -> StatementRows {
    try StatementRows(
      db,
      """
      SELECT exchange, endpoint, failure_code, status, decision = 'cancelled', coalesce(answer_model, model), first_content_us,
        input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens
      FROM attempt INDEXED BY attempt_figures
      WHERE exchange >= ?\(endpoint == nil ? "" : " AND endpoint = ?")
      """, StatementArguments([ExchangeQuery.firstID(at: since)] + (endpoint.map { [$0] } ?? [])))
  }

  static func verdict(_ row: StatementRows) -> AttemptVerdict {
    guard let code = row.text(2) else { return row.integer(4) == 1 ? .none : .good }
    return AttemptVerdict(
      code: code, status: row.integer(3).map(Int.init), decision: row.integer(4) == 1 ? "cancelled" : "")
  }
}
