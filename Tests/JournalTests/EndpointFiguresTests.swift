import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct EndpointFiguresTests {
  static let now: Int64 = 1_774_864_800_000

  @discardableResult
  func log(
    _ fixture: JournalFixture, minutesAgo: Int64 = 0, endpoint: String = "a", code: String? = nil,
    status: Int? = 200,
    decision: String? = nil, firstContent: Int64? = nil, answer: String? = nil, rule: String? = nil
  ) -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: Self.now - minutesAgo * 60_000)
    fixture.journal.begin(record)
    if let answer {
      fixture.journal.append(Bytes(utf8: answer), to: .responseReceived(attempt: 1), of: record.id)
    }
    var attempt = AttemptRecord(exchange: record.id, number: 1, endpoint: endpoint, url: "")
    (attempt.failureCode, attempt.status) = (code, status)
    attempt.failureDetail = code.map { "It was \($0)." }
    attempt.decision = decision ?? (code == nil ? "served" : "next endpoint")
    attempt.firstContent = firstContent.map(Duration.milliseconds)
    fixture.journal.end(attempt)
    record.outcome = code == nil ? .completed : .failed
    fixture.journal.end(record)
    return record
  }

  func score(_ fixture: JournalFixture, _ name: String = "a") async throws -> EndpointReliability {
    await fixture.journal.flush()
    return try #require(try fixture.reader().reliability(now: Self.now)[name])
  }

  @Test func `scores the share of attempts without fault`() async throws {
    let fixture = try JournalFixture()
    for time in 1...16 { log(fixture, firstContent: Int64(time) * 100) }
    log(fixture, code: "truncated")
    log(fixture, code: "idle_timeout")
    log(fixture, code: "upstream_status", status: 529)
    log(fixture, code: "connect_failed", status: nil)
    // These say nothing about it.
    log(fixture, code: "client_gone", decision: "cancelled")
    log(fixture, decision: "cancelled")
    log(fixture, code: "moved")
    log(fixture, code: "upstream_status", status: 400)
    log(fixture, minutesAgo: 25 * 60, code: "truncated")
    let found = try await score(fixture)
    #expect(found.requests == 20 && found.failed == 4 && found.truncated == 1 && found.stalled == 1)
    #expect(found.score == 80)
    #expect(found.firstContentP50 == .milliseconds(800) && found.firstContentP95 == .milliseconds(1_600))
  }

  @Test(arguments: [(10_000, 100), (10_001, 95), (20_001, 90), (40_001, 80)])
  func `slow answers cost points`(firstContent: Int64, score: Int) async throws {
    let fixture = try JournalFixture()
    for _ in 0..<5 { log(fixture, firstContent: firstContent) }
    #expect(try await self.score(fixture).score == score)
  }

  @Test func `a few attempts make no score, and none make no entry`() async throws {
    let fixture = try JournalFixture()
    for _ in 0..<4 { log(fixture) }
    log(fixture, endpoint: "b", code: "moved")
    #expect(try await score(fixture).score == nil)
    #expect(try fixture.reader().reliability(now: Self.now)["b"] == nil)
    log(fixture)
    #expect(try await score(fixture).score == 100)
  }

  @Test func `tells the hours of an endpoint`() async throws {
    let fixture = try JournalFixture()
    log(fixture, firstContent: 300)
    log(fixture, minutesAgo: 61, code: "truncated")
    log(fixture, minutesAgo: 62, code: "first_byte_timeout", status: nil)
    log(fixture, minutesAgo: 63, firstContent: 500)
    log(fixture, minutesAgo: 64, firstContent: 700)
    log(fixture, minutesAgo: 64, firstContent: 900)
    log(fixture, minutesAgo: 65, endpoint: "b")
    log(fixture, minutesAgo: 66, code: "client_gone", decision: "cancelled")
    log(fixture, minutesAgo: 25 * 60)
    await fixture.journal.flush()
    // Half past the hour.
    let hours = try fixture.reader().endpointHistory("a", now: Self.now + 1_800_000)
    #expect(hours.count == 24)
    #expect(hours.map(\.at) == (0..<24).map { Self.now - Int64(23 - $0) * 3_600_000 })
    var last = EndpointHour(at: Self.now)
    (last.requests, last.firstContentP50) = (1, .milliseconds(300))
    #expect(hours[23] == last)
    var busy = EndpointHour(at: Self.now - 2 * 3_600_000)
    (busy.requests, busy.failures, busy.truncated, busy.stalled) = (5, 2, 1, 1)
    busy.firstContentP50 = .milliseconds(700)
    #expect(hours[21] == busy)
    #expect(hours.map(\.requests).reduce(0, +) == 6)
  }

  @Test func `lists what failure rules were asked about, with the endpoint's words`() async throws {
    let fixture = try JournalFixture()
    let refused = log(fixture, minutesAgo: 3, code: "upstream_status", status: 529, answer: #"{"error":{}}"#)
    let reported = log(
      fixture, minutesAgo: 2, code: "error_event",
      answer: "event: ping\ndata: {}\n\nevent: error\ndata: {\"error\":1}\n\n")
    let refusedConnection = log(fixture, minutesAgo: 1, endpoint: "b", code: "connect_failed", status: nil)
    log(fixture, code: "truncated", decision: "dropped", answer: "x")
    log(fixture, code: "client_gone", decision: "cancelled")
    log(fixture)
    log(fixture, minutesAgo: 600, code: "upstream_status", status: 500)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    let found = try reader.failedAttempts(since: Self.now - 3_600_000, limit: 10)
    #expect(found.map(\.exchange) == [refusedConnection.id, reported.id, refused.id])
    #expect(found.map(\.endpoint) == ["b", "a", "a"])
    #expect(found.map(\.status) == [nil, nil, 529])
    #expect(found.map(\.failureCode) == ["connect_failed", "error_event", "upstream_status"])
    #expect(found.map(\.failureDetail).first == "It was connect_failed.")
    #expect(
      found.map { String(decoding: $0.words, as: UTF8.self) } == ["", #"{"error":1}"#, #"{"error":{}}"#])
    #expect(found.allSatisfy { $0.number == 1 && $0.decision == "next endpoint" })
    #expect(try reader.failedAttempts(since: 0, limit: 2).count == 2)
  }
}
