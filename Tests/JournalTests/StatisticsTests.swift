import Foundation
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct StatisticsTests {
  static let hour: Int64 = 3_600_000
  /// Noon of 2026-03-30 in Berlin, where clocks went forward the day before.
  static let now: Int64 = 1_774_864_800_000
  let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

  /// An exchange that was answered, with the one attempt it took.
  @discardableResult
  func log(
    _ fixture: JournalFixture, hoursAgo: Double = 0, endpoint: String = "a", model: String = "m",
    session: String? = "s",
    usage: TokenUsage = TokenUsage(), firstContent: Int64? = nil,
    outcome: ExchangeRecord.Outcome = .completed,
    failedAttempts: [(endpoint: String, code: String, status: Int?)] = []
  ) -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: Self.now - Int64(hoursAgo * Double(Self.hour)))
    record.model = model
    record.session = session
    record.endpoint = endpoint
    fixture.journal.begin(record)
    var number = 0
    for failed in failedAttempts {
      number += 1
      var attempt = AttemptRecord(exchange: record.id, number: number, endpoint: failed.endpoint, url: "")
      (attempt.failureCode, attempt.status, attempt.decision) = (failed.code, failed.status, "next endpoint")
      fixture.journal.end(attempt)
    }
    if outcome == .completed {
      number += 1
      var attempt = AttemptRecord(exchange: record.id, number: number, endpoint: endpoint, url: "")
      attempt.decision = "served"
      attempt.model = model
      attempt.report.usage = usage
      attempt.firstContent = firstContent.map(Duration.milliseconds)
      fixture.journal.end(attempt)
    }
    record.attempts = number
    record.outcome = outcome
    record.report.usage = usage
    record.firstContent = firstContent.map(Duration.milliseconds)
    fixture.journal.end(record)
    return record
  }

  func statistics(
    _ fixture: JournalFixture, days: Int = 7, by key: UsageStatistics.Key
  ) async throws -> UsageStatistics {
    await fixture.journal.flush()
    // A token costs 1 to read, 2 to write to the cache, 0.25 from the cache, 4 to write.
    return try fixture.reader().statistics(days: days, by: key, now: Self.now, zone: berlin) { model, usage in
      guard model != "free" else { return nil }
      return Double(usage.input ?? 0) + 2 * Double(usage.cacheCreation ?? 0) + 0.25
        * Double(usage.cacheRead ?? 0)
        + 4 * Double(usage.output ?? 0)
    }
  }

  @Test func `adds up by model`() async throws {
    let fixture = try JournalFixture()
    let usage = TokenUsage(input: 10, output: 20, cacheCreation: 30, cacheRead: 40)
    for time in 1...20 {
      log(fixture, hoursAgo: 1, model: "m", session: nil, usage: usage, firstContent: Int64(time) * 100)
    }
    log(fixture, model: "m", session: nil, usage: TokenUsage(output: 1), outcome: .failed)
    log(fixture, model: "free", session: nil, usage: usage, outcome: .cancelled)
    fixture.journal.begin(.sample(arrived: Self.now))
    let found = try await statistics(fixture, by: .model)
    var row = UsageStatistics.Row(key: "m")
    (row.requests, row.failed) = (21, 1)
    (row.inputTokens, row.outputTokens, row.cacheCreationTokens, row.cacheReadTokens) = (200, 401, 600, 800)
    row.cost = 200 + 2 * 600 + 0.25 * 800 + 4 * 401
    (row.firstContentP50, row.firstContentP95) = (.milliseconds(1_000), .milliseconds(1_900))
    var free = UsageStatistics.Row(key: "free")
    free.requests = 1
    (free.inputTokens, free.outputTokens, free.cacheCreationTokens, free.cacheReadTokens) = (10, 20, 30, 40)
    #expect(found.rows == [row, free])
    #expect(found.totals.requests == 22 && found.totals.inputTokens == 210 && found.totals.cost == row.cost)
    #expect(found.totals.firstContentP95 == .milliseconds(1_900))
  }

  @Test func `prices the model that answered`() async throws {
    let fixture = try JournalFixture()
    var record = ExchangeRecord.sample(arrived: Self.now)
    record.model = "free"
    fixture.journal.begin(record)
    record.outcome = .completed
    record.report.model = "dear"
    record.report.usage.output = 1
    fixture.journal.end(record)
    let row = try #require(try await statistics(fixture, by: .model).rows.first)
    #expect(row.key == "free" && row.cost == 4)
  }

  @Test func `days go from midnight to midnight where the clock says so`() async throws {
    let fixture = try JournalFixture()
    log(fixture, hoursAgo: 11.99)
    log(fixture, hoursAgo: 12.01)
    // The 29th had 23 hours.
    log(fixture, hoursAgo: 34.99)
    log(fixture, hoursAgo: 35.01)
    log(fixture, hoursAgo: 24 * 6)
    log(fixture, hoursAgo: 24 * 7)
    let found = try await statistics(fixture, by: .day)
    #expect(
      found.rows.map(\.key) == [
        "2026-03-24", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30",
      ])
    #expect(found.rows.map(\.requests) == [1, 0, 0, 0, 1, 2, 1])
    #expect(found.totals.requests == 5)
    #expect(try await statistics(fixture, days: 1, by: .day).rows.map(\.requests) == [1])
  }

  @Test func `by endpoint every attempt counts`() async throws {
    let fixture = try JournalFixture()
    log(
      fixture, endpoint: "b", usage: TokenUsage(input: 5),
      failedAttempts: [("a", "truncated", 200), ("a", "connection_lost", 200), ("a", "connection_lost", nil)])
    log(fixture, endpoint: "a", failedAttempts: [("b", "idle_timeout", 200), ("b", "progress_timeout", 200)])
    log(
      fixture, endpoint: "a", outcome: .failed,
      failedAttempts: [
        ("a", "first_byte_timeout", nil), ("a", "upstream_status", 400), ("a", "upstream_status", 503),
      ])
    let found = try await statistics(fixture, by: .endpoint)
    #expect(found.rows.map(\.key) == ["a", "b"])
    #expect(found.rows.map(\.requests) == [7, 3])
    #expect(found.rows.map(\.failed) == [5, 2])
    #expect(found.rows.map(\.truncated) == [2, 0])
    #expect(found.rows.map(\.stalled) == [1, 2])
    #expect(found.rows.map(\.inputTokens) == [0, 5])
    #expect(found.totals.requests == 3 && found.totals.failed == 1)
    #expect(found.totals.truncated == 2 && found.totals.stalled == 3)
    let bySession = try await statistics(fixture, by: .session)
    #expect(
      bySession.rows.map(\.key) == ["s"] && bySession.rows[0].truncated == 2 && bySession.rows[0].stalled == 3
    )
    #expect(bySession.totals == found.totals)
  }

  @Test func `sessions without a name have a row of their own`() async throws {
    let fixture = try JournalFixture()
    log(fixture, session: nil)
    log(fixture, session: "one")
    log(fixture, session: "one")
    #expect(try await statistics(fixture, by: .session).rows.map(\.key) == ["one", nil])
  }

  @Test func `tells what leaving an endpoint cost in lost cache`() async throws {
    let fixture = try JournalFixture()
    let minute = 1 / 60.0
    let cached = TokenUsage(input: 10, output: 1, cacheCreation: 100, cacheRead: 900)
    log(fixture, hoursAgo: 10 * minute, endpoint: "a", usage: cached)
    // 1,000 tokens were in the cache of a: 600 are written again, 400 read at full price.
    log(
      fixture, hoursAgo: 9 * minute, endpoint: "b",
      usage: TokenUsage(input: 500, output: 1, cacheCreation: 600),
      failedAttempts: [("a", "truncated", 200)])
    let lost = 600 * 2.0 + 400 - 1_000 * 0.25
    for key in UsageStatistics.Key.allCases {
      let found = try await statistics(fixture, by: key)
      #expect(found.totals.failoverCacheCost == lost)
      let costs = found.rows.filter { $0.failoverCacheCost != nil }
      #expect(costs.map(\.failoverCacheCost) == [lost])
      if key == .endpoint { #expect(costs.map(\.key) == ["b"]) }
    }
  }

  @Test func `what was not lost costs nothing`() async throws {
    let minute = 1 / 60.0
    let cached = TokenUsage(input: 10, cacheCreation: 100, cacheRead: 900)
    let whole = TokenUsage(input: 1_100)
    func cost(_ change: (JournalFixture) -> Void) async throws -> Double? {
      let fixture = try JournalFixture()
      change(fixture)
      return try await statistics(fixture, by: .model).totals.failoverCacheCost
    }
    #expect(
      try await cost {
        log($0, hoursAgo: 2 * minute, endpoint: "a", usage: cached)
        log($0, hoursAgo: minute, endpoint: "a", usage: whole)
      } == nil, "the same endpoint")
    #expect(
      try await cost {
        log($0, hoursAgo: 7 * minute, endpoint: "a", usage: cached)
        log($0, hoursAgo: minute, endpoint: "b", usage: whole)
      } == nil, "the cache had run out")
    #expect(
      try await cost {
        log($0, hoursAgo: 2 * minute, endpoint: "a", usage: TokenUsage(input: 10, cacheCreation: 900))
        log($0, hoursAgo: minute, endpoint: "b", usage: whole)
      } == nil, "nothing was read from the cache before")
    #expect(
      try await cost {
        log($0, hoursAgo: 2 * minute, endpoint: "a", usage: cached)
        log($0, hoursAgo: minute, endpoint: "b", usage: TokenUsage(input: 100, cacheRead: 1_000))
      } == nil, "the other endpoint had it too")
    #expect(
      try await cost {
        log($0, hoursAgo: 3 * minute, endpoint: "a", usage: cached)
        log($0, hoursAgo: 2 * minute, endpoint: "b", model: "other", usage: whole)
        log($0, hoursAgo: minute, endpoint: "b", session: "another", usage: whole)
      } == nil, "another model, another session")
    #expect(
      try await cost {
        log($0, hoursAgo: 2 * minute, endpoint: "a", usage: cached)
        log($0, hoursAgo: 1.5 * minute, endpoint: "b", outcome: .failed)
        log($0, hoursAgo: minute, endpoint: "b", usage: TokenUsage(input: 400))
      } == 400 * 0.75, "a failure in between changes nothing; no more is lost than was read")
  }
}
