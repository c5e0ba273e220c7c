import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct ReaderTests {
  @Test func `reads beside a writer at work`() async throws {
    let fixture = try JournalFixture()
    let reader = try fixture.reader()
    for round in 1...50 {
      let record = fixture.log([.requestReceived: noise(2_000, seed: UInt64(round))])
      if round.isMultiple(of: 2) {
        await fixture.journal.flush()
        #expect(try reader.list().count == min(round, 50))
        #expect(try reader.body(record.id, .requestReceived) == noise(2_000, seed: UInt64(round)))
      }
    }
  }

  @Test func `reads after the writer is gone`() async throws {
    let fixture = try JournalFixture()
    let record = fixture.log([.requestReceived: [1, 2, 3]])
    await fixture.journal.close()
    #expect(try fixture.reader().body(record.id, .requestReceived) == [1, 2, 3])
  }

  @Test func `reads what a killed writer left, before anybody mended it`() async throws {
    let fixture = try JournalFixture()
    let record = fixture.log([.requestReceived: [1, 2, 3]])
    await fixture.journal.flush()
    let left = try fixture.directory.snapshot()
    #expect(try JournalReader(directory: left.path).body(record.id, .requestReceived) == [1, 2, 3])
  }

  @Test func `says when there is no journal`() throws {
    let error = #expect(throws: JournalError.self) {
      try JournalReader(directory: TemporaryDirectory().path)
    }
    #expect(error?.code == .noJournal)
  }

  @Test func `takes the beginning of an id when it is the only one`() async throws {
    let fixture = try JournalFixture()
    for id in ["aaa111", "aaa222", "bbb", "bbb333"] {
      var record = ExchangeRecord.sample()
      record.id = ExchangeID(text: id)
      fixture.journal.begin(record)
      fixture.journal.append(Bytes(utf8: id), to: .requestReceived, of: record.id)
    }
    await fixture.journal.flush()
    let reader = try fixture.reader()
    #expect(try reader.resolve("aaa2").text == "aaa222")
    #expect(try reader.resolve("bbb").text == "bbb")
    #expect(try reader.exchange(ExchangeID(text: "bbb3")).record.id.text == "bbb333")
    #expect(try reader.body(ExchangeID(text: "aaa1"), .requestReceived) == Array("aaa111".utf8))
    for (prefix, code) in [("aaa", JournalError.Code.ambiguous), ("c", .notFound), ("", .notFound)] {
      let error = #expect(throws: JournalError.self) { try reader.resolve(prefix) }
      #expect(error?.code == code)
    }
  }

  @Test func `says which body there is not`() async throws {
    let fixture = try JournalFixture()
    let record = fixture.log()
    await fixture.journal.flush()
    let error = #expect(throws: JournalError.self) {
      try fixture.reader().body(record.id, .responseReceived(attempt: 3))
    }
    #expect(error?.code == .notFound)
  }
}

@Suite struct ListTests {
  /// Twelve exchanges a second apart, of mixed kinds; ids by age.
  func journal() async throws -> (fixture: JournalFixture, records: [ExchangeRecord]) {
    let fixture = try JournalFixture()
    var records: [ExchangeRecord] = []
    for number in 0..<12 {
      var record = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
      record.session = "s\(number % 2)"
      record.model = number % 3 == 0 ? "claude-opus[1m]" : "claude-haiku"
      record.path = number % 4 == 0 ? "/v1/messages/count_tokens" : "/v1/messages"
      fixture.journal.begin(record)
      record.outcome = number % 6 == 5 ? .failed : number % 6 == 4 ? .cancelled : .completed
      record.endpoint = record.outcome == .completed ? "e\(number % 2)" : nil
      if record.outcome == .failed {
        fixture.journal.end(AttemptRecord(exchange: record.id, number: 1, endpoint: "e9", url: ""))
      }
      fixture.journal.end(record)
      records.append(record)
      fixture.time.advance(by: .seconds(1))
    }
    await fixture.journal.flush()
    return (fixture, records)
  }

  @Test func `lists what fits the filter, newest first`() async throws {
    let (fixture, records) = try await journal()
    let reader = try fixture.reader()
    func numbers(_ change: (inout ExchangeFilter) -> Void) throws -> [Int] {
      var filter = ExchangeFilter()
      change(&filter)
      return try reader.list(filter).compactMap { found in records.firstIndex { $0.id == found.id } }
    }
    #expect(try numbers { _ in } == Array((0..<12).reversed()))
    #expect(try numbers { $0.limit = 3 } == [11, 10, 9])
    #expect(try numbers { $0.limit = 0 } == [])
    #expect(try numbers { ($0.limit, $0.before) = (3, records[9].id) } == [8, 7, 6])
    #expect(try numbers { $0.before = records[0].id } == [])
    #expect(try numbers { $0.session = "s1" } == [11, 9, 7, 5, 3, 1])
    #expect(try numbers { $0.outcome = .cancelled } == [10, 4])
    #expect(try numbers { $0.failedOnly = true } == [11, 5])
    #expect(try numbers { $0.endpoint = "e9" } == [11, 5])
    #expect(try numbers { $0.endpoint = "e1" } == [9, 7, 3, 1])
    #expect(try numbers { $0.model = "claude-opus[1m]" } == [9, 6, 3, 0])
    #expect(try numbers { $0.model = "claude-?aiku" } == [11, 10, 8, 7, 5, 4, 2, 1])
    #expect(try numbers { $0.path = "*/count_tokens" } == [8, 4, 0])
    #expect(try numbers { $0.path = "/v1/messages" } == [11, 10, 9, 7, 6, 5, 3, 2, 1])
    #expect(try numbers { $0.since = records[10].arrived } == [11, 10])
    #expect(try numbers { ($0.session, $0.failedOnly, $0.limit) = ("s1", true, 1) } == [11])
  }

  @Test func `pages on from an exchange that is gone`() async throws {
    let (fixture, records) = try await journal()
    var filter = ExchangeFilter()
    filter.before = ExchangeID(wallMilliseconds: records[2].arrived - 1)
    #expect(try fixture.reader().list(filter).map(\.id) == [records[1].id, records[0].id])
  }
}
