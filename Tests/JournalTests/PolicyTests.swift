import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct PolicyTests {
  static let outcomes: [(ExchangeRecord.Outcome, failedAttempts: Int)] = [
    (.completed, 0), (.completed, 1), (.failed, 1), (.cancelled, 0),
  ]

  func isWanted(
    _ types: JournalOptions.RequestTypes, _ outcome: ExchangeRecord.Outcome, _ failedAttempts: Int
  ) -> Bool {
    switch types {
    case .all: true
    case .success: outcome == .completed
    case .failed: outcome != .completed || failedAttempts > 0
    }
  }

  @Test(
    arguments: JournalOptions.RequestTypes.allCases,
    [JournalOptions.BodyPolicy.none, .truncated(bytes: 1_000), .full])
  func `keeps the exchanges and the bodies asked for`(
    types: JournalOptions.RequestTypes, policy: JournalOptions.BodyPolicy
  ) async throws {
    let fixture = try JournalFixture {
      $0.requestTypes = types
      $0.responseBody = policy
    }
    let (request, response) = (noise(3_000), noise(5_000, seed: 2))
    let records = Self.outcomes.map { outcome, failedAttempts in
      fixture.log(
        [.requestReceived: request, .responseSent: response], outcome: outcome,
        failedAttempts: failedAttempts)
    }
    await fixture.journal.flush()
    let reader = try fixture.reader()
    for (record, (outcome, failedAttempts)) in zip(records, Self.outcomes) {
      guard isWanted(types, outcome, failedAttempts) else {
        #expect(throws: JournalError.self) { try reader.exchange(record.id) }
        continue
      }
      let detail = try reader.exchange(record.id)
      #expect(detail.record.outcome == outcome)
      #expect(detail.attempts.count == failedAttempts)
      #expect(try reader.body(record.id, .requestReceived) == request)
      switch policy {
      case .none:
        #expect(detail.body(.responseSent) == nil)
      case .truncated(let count):
        #expect(detail.body(.responseSent)?.missing == 5_000 - count)
        #expect(try reader.body(record.id, .responseSent) == Array(response.prefix(count)))
      case .full:
        #expect(try reader.body(record.id, .responseSent) == response)
      }
    }
    #expect(fixture.journal.health.bodyBytesDropped == 0)
  }

  @Test func `a limit counts over appends and batches`() async throws {
    let fixture = try JournalFixture { $0.requestBody = .truncated(bytes: 10) }
    let record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    for text in ["abcd", "efgh", "ijkl", "mnop"] {
      fixture.journal.append(Bytes(utf8: text), to: .requestReceived, of: record.id)
      await fixture.journal.flush()
    }
    let reader = try fixture.reader()
    #expect(try reader.body(record.id, .requestReceived) == Array("abcdefghij".utf8))
    #expect(
      try reader.exchange(record.id).bodies
        == [StoredBody(part: .requestReceived, rawLength: 10, missing: 6)])
  }

  @Test func `an undecided exchange shows while it runs and is gone when it is not wanted`() async throws {
    let fixture = try JournalFixture { $0.requestTypes = .failed }
    var record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    fixture.journal.append(Bytes(noise(100_000)), to: .responseSent, of: record.id)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    #expect(try reader.list().map(\.outcome) == [.open])
    #expect(try fixture.directory.segments().isEmpty, "held until it is decided")
    record.outcome = .completed
    fixture.journal.end(record)
    await fixture.journal.flush()
    #expect(try reader.list().isEmpty)
    #expect(try fixture.directory.segments().isEmpty)
  }

  @Test(arguments: [true, false])
  func `a large undecided exchange goes to disk before it is decided`(fails: Bool) async throws {
    let fixture = try JournalFixture { $0.requestTypes = .failed }
    var record = ExchangeRecord.sample()
    let bytes = noise(1 << 20)
    fixture.journal.begin(record)
    fixture.journal.append(bytes[...], to: .responseSent, of: record.id)
    await fixture.journal.flush()
    #expect(try fixture.directory.segments().count == 1)
    record.outcome = fails ? .failed : .completed
    fixture.journal.end(record)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    #expect(try reader.list().count == (fails ? 1 : 0))
    if fails { #expect(try reader.body(record.id, .responseSent) == bytes) }
  }

  @Test func `what is held for undecided exchanges is bounded over all of them`() async throws {
    let fixture = try JournalFixture { $0.requestTypes = .failed }
    let bytes = noise(250_000)
    for _ in 0..<40 { fixture.log([.responseSent: bytes]) }
    await fixture.journal.flush()
    for _ in 0..<40 {
      fixture.log([.responseSent: bytes])
      await fixture.journal.flush()
    }
    #expect(try fixture.directory.segments().isEmpty, "not wanted, and never too much at once")
    for _ in 0..<40 {
      let record = ExchangeRecord.sample()
      fixture.journal.begin(record)
      fixture.journal.append(bytes[...], to: .responseSent, of: record.id)
      await fixture.journal.flush()
    }
    #expect(try fixture.directory.segments().count == 1)
    let written = try fixture.directory.bytes(of: "segment-000001.czl").count
    #expect((1_500_000...2_500_000).contains(written), "all but 8 MiB")
  }
}
