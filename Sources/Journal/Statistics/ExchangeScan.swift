import GRDB
import Pipeline

/// Adds up exchanges in one pass over the index.
struct ExchangeScan {
  private let range: DayRange
  private let key: UsageStatistics.Key
  private var endpoints = ColumnTexts(column: 2)
  private var models = ColumnTexts(column: 3)
  private var sessions = ColumnTexts(column: 4)
  private var answerModels = ColumnTexts(column: 5)
  private var sum = StatisticsSum()
  private var total = StatisticsSum()
  private var tracker = CacheLossTracker()
  /// Lost cache of exchanges, by the endpoint that answered, with the model.
  private(set) var lossesByEndpoint: [(endpoint: String, model: String, loss: CacheLoss)] = []

  init(range: DayRange, key: UsageStatistics.Key) {
    self.range = range
    self.key = key
    if key == .day { for day in range.starts.indices { sum.touch(day) } }
  }

  mutating func run(_ db: Database) throws {
    try addExchanges(db)
    try addFailedAttempts(db)
  }

  func rows(_ price: (String, TokenUsage) -> Double?) -> [UsageStatistics.Row] {
    switch key {
    case .day:
      sum.rows(keys: range.names, models: answerModels.texts, price).sorted {
        ($0.key ?? "") < ($1.key ?? "")
      }
    case .model: sum.rows(keys: models.texts, models: answerModels.texts, price)
    case .session: sum.rows(keys: sessions.texts, models: answerModels.texts, price)
    case .endpoint: []
    }
  }

  func totals(_ price: (String, TokenUsage) -> Double?) -> UsageStatistics.Row {
    total.rows(keys: [nil], models: answerModels.texts, price).first ?? UsageStatistics.Row(key: nil)
  }

  private mutating func addExchanges(_ db: Database) throws {
    // Those shortly before the range say what was in the caches when it began.
    let since = range.since - CacheLossTracker.lifetime
    let rows = try StatementRows(
      db,
      """
      SELECT arrived, outcome = 'completed', endpoint, model, session, coalesce(answer_model, model), first_content_us,
        input_tokens, output_tokens, cache_creation_tokens, cache_read_tokens,
        outcome = 'failed'
      FROM exchange INDEXED BY exchange_figures
      WHERE id >= ? AND arrived >= ? AND outcome <> 'open' ORDER BY id
      """, [ExchangeQuery.firstID(at: since - ExchangeQuery.clockSlack), since])
    while try rows.next() { add(rows) }
  }

  private mutating func add(_ row: StatementRows) {
    let arrived = row.integer(0) ?? 0
    let endpoint = endpoints.number(in: row)
    let model = models.number(in: row)
    let session = sessions.number(in: row)
    let answerModel = answerModels.number(in: row)
    let tokens = StatisticsSum.Tokens(row, from: 7)
    var loss: CacheLoss?
    if session > 0, row.integer(1) == 1, row.integer(7) != nil {
      loss = tracker.add(
        session: session, model: model, endpoint: endpoint, arrived: arrived, tokens)
    }
    guard arrived >= range.since else { return }
    let group = group(arrived, model: model, session: session)
    let failed = row.integer(11) == 1
    let firstContent = row.integer(6)
    if key != .endpoint {
      sum.add(group, failed: failed, firstContent: firstContent, model: answerModel, tokens)
    }
    total.add(0, failed: failed, firstContent: firstContent, model: answerModel, tokens)
    guard let loss else { return }
    total.add(0, model: answerModel, lost: loss)
    sum.add(group, model: answerModel, lost: loss)
    if let endpoint = endpoints.texts[endpoint], let model = answerModels.texts[answerModel] {
      lossesByEndpoint.append((endpoint, model, loss))
    }
  }

  private mutating func addFailedAttempts(_ db: Database) throws {
    let rows = try StatementRows(
      db,
      """
      SELECT e.arrived, a.failure_code, a.status, a.decision, e.model, e.session
      FROM attempt a INDEXED BY attempt_figures CROSS JOIN exchange e INDEXED BY exchange_figures ON e.id = a.exchange
      WHERE a.exchange >= ? AND a.failure_code IS NOT NULL AND e.arrived >= ? AND e.outcome <> 'open'
      """, [ExchangeQuery.firstID(at: range.since - ExchangeQuery.clockSlack), range.since])
    while try rows.next() {
      let verdict = AttemptVerdict(
        code: rows.text(1), status: rows.integer(2).map(Int.init), decision: rows.text(3) ?? "")
      total.add(0, verdict)
      guard key != .endpoint else { continue }
      let model = models.number(of: rows.text(4))
      let session = sessions.number(of: rows.text(5))
      sum.add(group(rows.integer(0) ?? 0, model: model, session: session), verdict)
    }
  }

  private func group(_ arrived: Int64, model: Int, session: Int) -> Int {
    switch key {
    case .day: range.index(of: arrived)
    case .model: model
    case .session: session
    case .endpoint: 0
    }
  }
}

extension StatisticsSum.Tokens {
  /// Of four columns: input, output, cache creation, cache read.
  init(_ row: StatementRows, from column: CInt) {
    self.init(
      input: row.count(column), output: row.count(column + 1),
      cacheCreation: row.count(column + 2), cacheRead: row.count(column + 3))
  }
}
