import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct RetentionTests {
  let day: Duration = .seconds(86_400)

  @Test func `old exchanges go on start, with segments nobody needs`() async throws {
    let directory = TemporaryDirectory()
    let time = ManualTime()
    let small: (inout JournalOptions) -> Void = {
      $0.segmentSize = 10_000
      $0.retentionDays = 2
    }
    let old: ExchangeRecord
    let young: ExchangeRecord
    do {
      let fixture = try JournalFixture(in: directory, time: time, small)
      old = fixture.log([.requestReceived: noise(9_000)], failedAttempts: 1)
      await fixture.journal.flush()
      time.advance(by: day * 1.5)
      young = fixture.log([.requestReceived: noise(9_000)])
      await fixture.journal.close()
    }
    #expect(try directory.segments() == ["segment-000001.czl", "segment-000002.czl"])
    time.advance(by: day)
    let fixture = try JournalFixture(in: directory, time: time, small)
    #expect(try fixture.reader().list().map(\.id) == [young.id])
    #expect(throws: JournalError.self) { try fixture.reader().exchange(old.id) }
    #expect(try fixture.reader().body(young.id, .requestReceived) == noise(9_000))
    #expect(try directory.segments() == ["segment-000002.czl"])
  }

  @Test func `the oldest segments go when all together are too large`() async throws {
    let fixture = try JournalFixture {
      $0.segmentSize = 10_000
      $0.retentionBytes = 35_000
    }
    var records: [ExchangeRecord] = []
    for _ in 0..<10 {
      records.append(fixture.log())
      records.append(fixture.log([.requestReceived: noise(9_000)]))
      fixture.time.advance(by: .seconds(1))
      await fixture.journal.flush()
    }
    let kept = try fixture.directory.segments()
    #expect(kept.count <= 4 && kept.last == "segment-000010.czl")
    let reader = try fixture.reader()
    let listed = try reader.list().map(\.id)
    #expect(Set(listed) == Set(records.suffix(2 * kept.count).map(\.id)))
    for id in listed where try !reader.exchange(id).bodies.isEmpty {
      #expect(try reader.body(id, .requestReceived) == noise(9_000))
    }
  }

  @Test func `an open exchange keeps its segments`() async throws {
    let fixture = try JournalFixture {
      $0.segmentSize = 10_000
      $0.retentionBytes = 0
    }
    var open = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(open)
    fixture.journal.append(noise(9_000)[...], to: .requestReceived, of: open.id)
    await fixture.journal.flush()
    for _ in 0..<5 {
      fixture.log([.requestReceived: noise(9_000)])
      await fixture.journal.flush()
    }
    fixture.journal.append([1], to: .requestReceived, of: open.id)
    await fixture.journal.flush()
    fixture.log([.requestReceived: noise(9_999)])
    await fixture.journal.flush()
    #expect(try fixture.directory.segments().count == 7)
    #expect(try fixture.reader().body(open.id, .requestReceived) == noise(9_000) + [1])
    open.outcome = .completed
    fixture.journal.end(open)
    await fixture.journal.flush()
    fixture.log([.requestReceived: noise(9_000)])
    await fixture.journal.flush()
    #expect(try fixture.directory.segments() == ["segment-000008.czl"])
  }

  @Test func `looks once an hour while it writes`() async throws {
    let fixture = try JournalFixture { $0.retentionDays = 1 }
    let first = fixture.log()
    await fixture.journal.flush()
    func isFirstThere(after duration: Duration) async throws -> Bool {
      fixture.time.advance(by: duration)
      fixture.log()
      await fixture.journal.flush()
      return try fixture.reader().list().contains { $0.id == first.id }
    }
    #expect(try await isFirstThere(after: day - .seconds(1_800)), "not too old")
    #expect(try await isFirstThere(after: .seconds(1_801)), "too old, but looked at half an hour ago")
    #expect(try await !isFirstThere(after: .seconds(1_800)))
  }
}
