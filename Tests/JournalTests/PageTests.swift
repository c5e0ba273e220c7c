import Foundation
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct PageTests {
  /// A second apart.
  @discardableResult
  func log(
    _ fixture: JournalFixture, _ text: String = "", part: BodyPart = .requestReceived,
    _ change: (inout ExchangeRecord) -> Void = { _ in }
  ) -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(record)
    fixture.journal.append(Bytes(utf8: text), to: part, of: record.id)
    record.outcome = .completed
    change(&record)
    fixture.journal.end(record)
    fixture.time.advance(by: .seconds(1))
    return record
  }

  func search(
    _ fixture: JournalFixture, _ query: String?, _ change: (inout ExchangeFilter) -> Void = { _ in }
  ) throws -> ExchangePage {
    var filter = ExchangeFilter()
    filter.query = query
    change(&filter)
    return try fixture.reader().page(filter)
  }

  @Test func `lists pages to the end`() async throws {
    let fixture = try JournalFixture()
    let records = (0..<7).map { _ in log(fixture) }
    await fixture.journal.flush()
    var filter = ExchangeFilter()
    filter.limit = 3
    var pages: [[ExchangeID]] = []
    repeat {
      let page = try fixture.reader().page(filter)
      #expect(page.searchedUntil == nil)
      pages.append(page.exchanges.map(\.id))
      filter.before = page.next
    } while filter.before != nil
    let newestFirst = Array(records.map(\.id).reversed())
    #expect(pages == [Array(newestFirst[0..<3]), Array(newestFirst[3..<6]), [newestFirst[6]]])
    #expect(
      try search(fixture, nil) { $0.until = records[2].arrived }.exchanges.map(\.id)
        == Array(newestFirst[5...]))
    #expect(
      try search(fixture, nil) { ($0.since, $0.until) = (records[2].arrived, records[3].arrived) }.exchanges
        .count == 1)
  }

  @Test func `a line has what a list shows`() async throws {
    let fixture = try JournalFixture()
    let record = log(fixture) { record in
      record.model = "claude"
      record.endpoint = "first"
      record.session = "s"
      record.tags = ["a", "b\"c"]
      record.isStreamed = true
      record.outcome = .failed
      record.status = 502
      record.attempts = 3
      record.failureCode = "truncated"
      record.failureDetail = "It was cut."
      record.firstContent = .milliseconds(120)
      record.total = .seconds(3)
      record.bytesOut = 77
      record.report.usage = TokenUsage(input: 1, output: 2, cacheCreation: 3, cacheRead: 4)
      record.report.stopReason = "end_turn"
      record.report.repairs = ["V2": 2, "V10": 1]
    }
    await fixture.journal.flush()
    let line = try #require(try search(fixture, nil).exchanges.first)
    #expect(line.id == record.id && line.arrived == record.arrived && line.method == "POST")
    #expect(line.path == "/v1/messages" && line.model == "claude" && line.endpoint == "first")
    #expect(line.session == "s" && line.tags == ["a", "b\"c"] && line.isStreamed)
    #expect(line.outcome == .failed && line.status == 502 && line.attempts == 3)
    #expect(line.failureCode == "truncated" && line.failureDetail == "It was cut.")
    #expect(line.firstContent == .milliseconds(120) && line.total == .seconds(3))
    #expect(line.bytesIn == 0 && line.bytesOut == 77 && line.stopReason == "end_turn" && line.repairs == 3)
    #expect(line.usage == TokenUsage(input: 1, output: 2, cacheCreation: 3, cacheRead: 4))
  }

  @Test func `finds text in the index and in every kind of body`() async throws {
    let fixture = try JournalFixture()
    let parts: [BodyPart] = [
      .requestReceived, .requestSent(attempt: 2), .responseReceived(attempt: 2), .responseSent,
    ]
    let inBodies = parts.map { log(fixture, "{\"text\":\"the Quick fox\"}", part: $0).id }
    let inModel = log(fixture) { $0.model = "quick-1" }.id
    let inFailure = log(fixture) { $0.failureDetail = "Not QUICK enough" }.id
    let inAttempt = log(fixture).id
    fixture.journal.end(
      AttemptRecord(exchange: inAttempt, number: 1, endpoint: "quick.example", url: ""))
    log(fixture, "{\"text\":\"the slow fox\"}")
    await fixture.journal.flush()
    let all = [inAttempt, inFailure, inModel] + inBodies.reversed()
    #expect(try search(fixture, "quick").exchanges.map(\.id) == all)
    #expect(try search(fixture, "quick fox").exchanges.map(\.id) == Array(inBodies.reversed()))
    #expect(try search(fixture, "quick") { $0.model = "quick*" }.exchanges.map(\.id) == [inModel])
    #expect(try search(fixture, inModel.text.uppercased()).exchanges.map(\.id) == [inModel])
    #expect(try search(fixture, "").exchanges.count == 8)
    var filter = ExchangeFilter()
    filter.query = "quick"
    #expect(try fixture.reader().list(filter).map(\.id) == [inAttempt, inFailure, inModel])
  }

  @Test func `wildcards of SQL are ordinary letters`() async throws {
    let fixture = try JournalFixture()
    let percent = log(fixture) { $0.model = "100%_\\" }.id
    log(fixture) { $0.model = "100 a" }
    await fixture.journal.flush()
    for query in ["%", "_", "\\", "0%_"] {
      #expect(try search(fixture, query).exchanges.map(\.id) == [percent], "\(query)")
    }
  }

  @Test func `finds what lies across two blocks, and not what lies across two bodies`() async throws {
    let fixture = try JournalFixture()
    let filler = String(repeating: "x", count: (128 << 10) - 3)
    let across = log(fixture, filler + "needle" + filler).id
    var split = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(split)
    fixture.journal.append(Bytes(utf8: "...nee"), to: .requestReceived, of: split.id)
    fixture.journal.append(Bytes(utf8: "dle..."), to: .responseSent, of: split.id)
    split.outcome = .completed
    fixture.journal.end(split)
    await fixture.journal.flush()
    #expect(try search(fixture, "needle").exchanges.map(\.id) == [across])
  }

  @Test func `finds what came in pieces, while the exchange runs`() async throws {
    let fixture = try JournalFixture()
    let running = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(running)
    for piece in ["a nee", "d", "le"] {
      fixture.journal.append(Bytes(utf8: piece), to: .responseReceived(attempt: 1), of: running.id)
      await fixture.journal.flush()
    }
    let found = try search(fixture, "needle").exchanges
    #expect(found.map(\.id) == [running.id])
    #expect(found.first?.outcome == .open)
  }

  @Test func `stops after so many bytes and goes on from there`() async throws {
    let fixture = try JournalFixture()
    let filler = String(repeating: "lorem ipsum ", count: 1_000)
    let records = (0..<20).map { log(fixture, $0 % 5 == 0 ? filler + "needle" : filler) }
    await fixture.journal.flush()
    let reader = try fixture.reader()
    var filter = ExchangeFilter()
    filter.query = "needle"
    var found: [ExchangeID] = []
    var calls = 0
    repeat {
      let page = try reader.page(filter, bodyBytes: 30_000)
      found += page.exchanges.map(\.id)
      #expect((page.next == nil) == (page.searchedUntil == nil))
      if let next = page.next {
        #expect(page.searchedUntil == records.first { $0.id == next }?.arrived)
      }
      filter.before = page.next
      calls += 1
    } while filter.before != nil && calls < 100
    #expect(found == [records[15].id, records[10].id, records[5].id, records[0].id])
    #expect((6...8).contains(calls), "\(calls)")
  }

  @Test func `stops when it is told to, and at a full page`() async throws {
    let fixture = try JournalFixture()
    for _ in 0..<250 { log(fixture, "needle") }
    await fixture.journal.flush()
    let reader = try fixture.reader()
    var filter = ExchangeFilter()
    filter.query = "nowhere"
    var answers = [true, false]
    let stopped = try reader.page(filter) { answers.removeFirst() }
    #expect(stopped.next != nil && answers.isEmpty)
    filter.before = stopped.next
    #expect(try reader.page(filter).next == nil)
    filter = ExchangeFilter()
    (filter.query, filter.limit) = ("needle", 100)
    var sizes: [Int] = []
    repeat {
      let page = try reader.page(filter)
      sizes.append(page.exchanges.count)
      filter.before = page.next
    } while filter.before != nil
    #expect(sizes == [100, 100, 50])
  }

  @Test func `passes over segments that are damaged or gone`() async throws {
    let fixture = try JournalFixture { $0.segmentSize = 2_000 }
    let filler = String(decoding: noise(1_800).map { ($0 | 0x40) & 0x7F }, as: UTF8.self)
    let records = (0..<3).map { log(fixture, "needle" + filler, part: .requestSent(attempt: $0)) }
    await fixture.journal.flush()
    #expect(try search(fixture, "needle").exchanges.count == 3)
    let segments = try fixture.directory.segments()
    try #require(segments.count == 3)
    try FileManager.default.removeItem(atPath: fixture.directory.path + "/" + segments[0])
    var spoilt = try fixture.directory.bytes(of: segments[1])
    spoilt[spoilt.count / 2] ^= 0xFF
    try fixture.directory.write(spoilt, to: segments[1])
    #expect(try search(fixture, "needle").exchanges.map(\.id) == [records[2].id])
  }

  @Test func `searches beside a writer at work`() async throws {
    let fixture = try JournalFixture()
    let reader = try fixture.reader()
    var filter = ExchangeFilter()
    filter.query = "needle"
    filter.limit = 1_000
    for round in 1...30 {
      log(fixture, "needle \(round)")
      if round.isMultiple(of: 3) { await fixture.journal.flush() }
      let found = try reader.page(filter).exchanges.count
      #expect(found >= round / 3 * 3 && found <= round)
    }
  }
}
