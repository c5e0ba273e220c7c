import GRDB
import Pipeline

extension JournalReader {
  /// Exchanges looked at between two questions whether to go on.
  private static let searchStep = 100

  /// A page of what fits the filter, newest first, running exchanges included. With a query it looks at the index and,
  /// where that does not say it, at the bodies.
  ///
  /// A search stops early after `bodyBytes` bytes of bodies, or when `goesOn`, asked now and then, says no; `next` goes
  /// on where it stopped, and at least one step is made each time. Damaged bodies are passed over. What is spread over
  /// several events of a stream is not found.
  package func page(
    _ filter: ExchangeFilter, bodyBytes: Int = 64 << 20, while goesOn: () -> Bool = { true }
  ) throws(JournalError) -> ExchangePage {
    guard let query = filter.query, let pattern = BytePattern(query) else { return try plainPage(filter) }
    guard filter.limit > 0 else { return ExchangePage() }
    var search = try BodySearch(pattern, in: directory)
    var filter = filter
    var found: [String] = []
    var page = ExchangePage()
    var isOver = false
    repeat {
      let candidates = try candidates(filter, query)
      isOver = candidates.count < Self.searchStep
      let blocks = try blocks(of: candidates.filter { !$0.isHit }.map(\.id))
      for candidate in candidates {
        page.next = ExchangeID(text: candidate.id)
        page.searchedUntil = candidate.arrived
        if candidate.isHit || search.isFound(in: blocks[candidate.id] ?? []) { found.append(candidate.id) }
        if found.count == filter.limit || search.searchedBytes >= bodyBytes {
          isOver = isOver && candidate.id == candidates.last?.id
          return try finish(page, found, isOver: isOver)
        }
      }
      filter.before = page.next ?? filter.before
    } while !isOver && goesOn()
    return try finish(page, found, isOver: isOver)
  }

  private func finish(
    _ page: ExchangePage, _ found: [String], isOver: Bool
  ) throws(JournalError) -> ExchangePage {
    var page = page
    if isOver { (page.next, page.searchedUntil) = (nil, nil) }
    let places = repeatElement("?", count: found.count).joined(separator: ",")
    page.exchanges = try read { db in
      try ExchangeSummary.fetchAll(
        db, "SELECT \(ExchangeSummary.columns) FROM exchange WHERE id IN (\(places)) ORDER BY id DESC",
        StatementArguments(found))
    }
    return page
  }

  private func plainPage(_ filter: ExchangeFilter) throws(JournalError) -> ExchangePage {
    let limit = max(0, filter.limit)
    // One more shows whether anything is left.
    let (sql, arguments) = ExchangeQuery(filter).summaries(nil, limit: limit + 1)
    var page = ExchangePage()
    page.exchanges = try read { db in try ExchangeSummary.fetchAll(db, sql, arguments) }
    if page.exchanges.count > limit {
      page.exchanges.removeLast()
      page.next = page.exchanges.last?.id
    }
    return page
  }

  private func candidates(
    _ filter: ExchangeFilter, _ query: String
  ) throws(JournalError) -> [(id: String, arrived: Int64, isHit: Bool)] {
    let (sql, arguments) = ExchangeQuery(filter).candidates(query, limit: Self.searchStep)
    return try read { db in
      try Row.fetchAll(db, sql: sql, arguments: arguments).map { ($0[0], $0[1], $0[2] ?? false) }
    }
  }

  /// The blocks of these exchanges that can be read, in order of part, attempt and position.
  private func blocks(of ids: [String]) throws(JournalError) -> [String: [BlockRow]] {
    let places = repeatElement("?", count: ids.count).joined(separator: ",")
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT exchange, part, attempt, position, raw_length, segment, offset, length FROM body_block
          WHERE exchange IN (\(places)) AND segment > 0 ORDER BY exchange, part, attempt, position
          """, arguments: StatementArguments(ids)
      ).map(BlockRow.init(columns:))
    }
    return Dictionary(grouping: rows, by: \.exchange)
  }
}

extension BlockRow {
  /// Of a row with the columns in the order of the table.
  fileprivate init(columns row: Row) {
    self.init(
      exchange: row[0], part: row[1], attempt: row[2], position: row[3], rawLength: row[4], segment: row[5],
      offset: row[6], length: row[7])
  }
}
