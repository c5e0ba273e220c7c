import HTTPTypes
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct RoundTripTests {
  func fullReport(_ salt: Int) -> AnswerReport {
    var report = AnswerReport()
    report.model = "claude-\(salt)"
    report.messageID = "msg_\(salt)"
    report.stopReason = "end_turn"
    report.usage = TokenUsage(input: salt, output: salt + 1, cacheCreation: salt + 2, cacheRead: salt + 3)
    report.events = salt + 4
    report.repairs = ["V10": salt + 5]
    report.warnings = ["V30": salt + 6]
    return report
  }

  func fullExchange() -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: 1_790_000_000_123)
    record.session = "5e551071"
    record.tags = ["long", "bild „ä“"]
    record.model = "claude-opus"
    record.isStreamed = true
    record.requestFields = [("accept", "*/*"), ("x-two", "1"), ("x-two", "2")]
    record.outcome = .failed
    record.status = 529
    record.endpoint = "second"
    record.attempts = 2
    record.failureCode = "truncated"
    record.failureStage = "parse-sse"
    record.failureDetail = "cut after event 3"
    record.skipped = ["third: benched"]
    record.firstByte = .microseconds(1_001)
    record.firstContent = .microseconds(2_002)
    record.total = .microseconds(3_003)
    record.bytesIn = 17
    record.bytesOut = 18
    record.report = fullReport(100)
    return record
  }

  func fullAttempt(of id: ExchangeID) -> AttemptRecord {
    var record = AttemptRecord(exchange: id, number: 1, endpoint: "first", url: "https://example.net/v1")
    record.model = "other"
    record.status = 200
    record.failureCode = "truncated"
    record.failureStage = "parse-sse"
    record.failureRule = "V19"
    record.failureDetail = "no end"
    record.decision = "next endpoint"
    record.requestFields = [("authorization", "Bearer …")]
    record.responseFields = [("content-type", "text/event-stream")]
    record.httpVersion = "HTTP/2"
    record.reusedConnection = true
    record.started = .microseconds(7)
    record.connect = .microseconds(8)
    record.firstByte = .microseconds(9)
    record.firstContent = .microseconds(10)
    record.total = .microseconds(11)
    record.bytesSent = 12
    record.bytesReceived = 13
    record.report = fullReport(200)
    return record
  }

  @Test func `keeps every field of an exchange and its attempts`() async throws {
    let fixture = try JournalFixture()
    let exchange = fullExchange()
    let attempt = fullAttempt(of: exchange.id)
    fixture.journal.begin(exchange)
    fixture.journal.end(attempt)
    fixture.journal.end(exchange)
    await fixture.journal.flush()
    let detail = try fixture.reader().exchange(exchange.id)
    #expect(describe(detail.record) == describe(exchange))
    #expect(detail.attempts.map(describe) == [describe(attempt)])
    #expect(detail.bodies.isEmpty)
  }

  /// All fields by name and value.
  func describe(_ value: Any) -> [String] {
    Mirror(reflecting: value).children.map { "\($0.label ?? "")=\($0.value)" }
  }

  @Test func `keeps what is not known apart from zero`() async throws {
    let fixture = try JournalFixture()
    let record = fixture.log()
    await fixture.journal.flush()
    let read = try fixture.reader().exchange(record.id).record
    #expect(describe(read) == describe(record))
    #expect(read.status == nil && read.total == nil && read.report.usage == TokenUsage())
  }

  @Test func `joins many small appends of several bodies`() async throws {
    let fixture = try JournalFixture()
    let record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    var expected: [BodyPart: [UInt8]] = [:]
    let parts: [BodyPart] = [.requestReceived, .responseReceived(attempt: 2), .responseSent]
    for number in 0..<3_000 {
      for part in parts {
        let piece = Array("data: \(part) \(number)\n\n".utf8)
        expected[part, default: []] += piece
        fixture.journal.append(piece[...], to: part, of: record.id)
      }
      if number == 1_000 { await fixture.journal.flush() }
    }
    fixture.journal.end(record)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    for part in parts {
      #expect(try reader.body(record.id, part) == expected[part])
    }
    let stored = try reader.exchange(record.id).bodies
    #expect(stored == parts.map { StoredBody(part: $0, rawLength: expected[$0]?.count ?? 0, missing: 0) })
    #expect(try fixture.directory.bytes(of: "segment-000001.czl").count < 40_000)
  }

  @Test(arguments: [0, 1, 131_071, 131_072, 131_073, 400_000])
  func `gives a body of any length back in pieces`(count: Int) async throws {
    let fixture = try JournalFixture()
    let bytes = noise(count)
    let record = fixture.log([.requestReceived: bytes])
    await fixture.journal.flush()
    let reader = try fixture.reader()
    guard count > 0 else {
      #expect(throws: JournalError.self) { try reader.body(record.id, .requestReceived) }
      return
    }
    var pieces: [Bytes] = []
    try reader.readBody(record.id, .requestReceived) { pieces.append($0) }
    #expect(pieces.allSatisfy { $0.count <= 131_072 })
    #expect(Array(pieces.joined()) == bytes)
  }

  @Test func `finds what was written only where it differs`() async throws {
    let fixture = try JournalFixture()
    let record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    fixture.journal.append(Bytes(utf8: "{}"), to: .requestReceived, of: record.id)
    fixture.journal.append(Bytes(utf8: "{2}"), to: .requestSent(attempt: 2), of: record.id)
    fixture.journal.append(Bytes(utf8: "bad"), to: .responseReceived(attempt: 1), of: record.id)
    fixture.journal.append(Bytes(utf8: "good"), to: .responseReceived(attempt: 2), of: record.id)
    for (number, decision) in [(1, "next endpoint"), (2, "served")] {
      var attempt = AttemptRecord(exchange: record.id, number: number, endpoint: "e", url: "u")
      attempt.decision = decision
      fixture.journal.end(attempt)
    }
    await fixture.journal.flush()
    let reader = try fixture.reader()
    #expect(try reader.sentRequest(record.id, attempt: 1)?.part == .requestReceived)
    #expect(try reader.sentRequest(record.id, attempt: 2)?.part == .requestSent(attempt: 2))
    fixture.journal.append(Bytes(utf8: " news"), to: .responseSent, of: record.id)
    var ended = record
    ended.mirroredBytes = 2
    ended.mirroredAttempt = 2
    fixture.journal.end(ended)
    await fixture.journal.flush()
    #expect(try Bytes(reader.clientResponse(record.id)).text == "go news")
  }

  @Test func `commits by itself one interval after the first entry`() async throws {
    let fixture = try JournalFixture()
    let reader = try fixture.reader()
    let record = fixture.log()
    #expect(try reader.list().isEmpty)
    fixture.time.advance(by: .milliseconds(250))
    var isThere = false
    for _ in 0..<50_000 where !isThere {
      isThere = try !reader.list().isEmpty
      await Task.yield()
    }
    #expect(isThere)
    #expect(try reader.exchange(record.id).record.outcome == .completed)
  }

  @Test func `is readable by its owner only`() async throws {
    let fixture = try JournalFixture()
    fixture.log([.requestReceived: [1, 2, 3]])
    await fixture.journal.flush()
    #expect(try fixture.directory.mode(of: "") == 0o700)
    for name in ["index.sqlite", "index.sqlite-wal", "segment-000001.czl", "journal.lock"] {
      #expect(try fixture.directory.mode(of: name) == 0o600, "\(name)")
    }
  }

  @Test func `ignores calls after close and bodies of unknown exchanges`() async throws {
    let fixture = try JournalFixture()
    let early = ExchangeRecord.sample()
    fixture.journal.append([1], to: .requestReceived, of: early.id)
    await fixture.journal.close()
    fixture.log()
    await fixture.journal.flush()
    await fixture.journal.close()
    #expect(try fixture.reader().list().isEmpty)
    #expect(try fixture.directory.segments().isEmpty)
  }

  @Test func `refuses options without meaning`() {
    #expect(throws: JournalError.self) { try JournalFixture { $0.commitInterval = .seconds(1) } }
    #expect(throws: JournalError.self) { try JournalFixture { $0.retentionDays = 0 } }
    #expect(throws: JournalError.self) { try JournalFixture { $0.directory = "" } }
  }
}
