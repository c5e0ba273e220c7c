import GRDB
import Pipeline

extension JournalReader {
  private static var hour: Int64 { 3_600_000 }

  /// The last hours of an endpoint, each from one full hour to the next, oldest first; the last is the one that runs.
  package func endpointHistory(
    _ name: String, hours: Int = 24, now: Int64
  ) throws(JournalError) -> [EndpointHour] {
    let current = now - now % Self.hour
    let first = current - Int64(max(1, hours) - 1) * Self.hour
    var buckets = stride(from: first, through: current, by: Int(Self.hour)).map(EndpointHour.init)
    var times = Array(repeating: TimeSample(), count: buckets.count)
    try read { db in
      let rows = try AttemptFigures.rows(db, since: first, endpoint: name)
      while try rows.next() {
        let verdict = AttemptFigures.verdict(rows)
        // Clocks may have been set back since.
        let index = Int((rows.idTime(0) - first) / Self.hour)
        guard verdict != .none, buckets.indices.contains(index) else { continue }
        buckets[index].requests += 1
        if verdict.isFault { buckets[index].failures += 1 }
        if verdict == .truncated { buckets[index].truncated += 1 }
        if verdict == .stalled { buckets[index].stalled += 1 }
        times[index].add(rows.integer(6))
      }
    }
    for index in buckets.indices { buckets[index].firstContentP50 = times[index].percentiles(50)[0] }
    return buckets
  }

  /// How far each endpoint that had an attempt in the last `days` times 24 hours could be relied on, by name.
  package func reliability(days: Int = 1, now: Int64) throws(JournalError) -> [String: EndpointReliability] {
    var names = ColumnTexts(column: 1)
    var found: [Int: (figures: EndpointReliability, times: TimeSample)] = [:]
    try read { db in
      let rows = try AttemptFigures.rows(db, since: now - Int64(days) * 24 * Self.hour)
      while try rows.next() {
        let verdict = AttemptFigures.verdict(rows)
        guard verdict != .none else { continue }
        let name = names.number(in: rows)
        var figures = found[name]?.figures ?? EndpointReliability()
        figures.requests += 1
        if verdict.isFault { figures.failed += 1 }
        if verdict == .truncated { figures.truncated += 1 }
        if verdict == .stalled { figures.stalled += 1 }
        found[name, default: (figures, TimeSample())].figures = figures
        found[name]?.times.add(rows.integer(6))
      }
    }
    return Dictionary(
      uniqueKeysWithValues: found.map { name, entry in
        var figures = entry.figures
        let times = entry.times.percentiles(50, 95)
        (figures.firstContentP50, figures.firstContentP95) = (times[0], times[1])
        return (names.texts[name] ?? "", figures)
      })
  }
}
