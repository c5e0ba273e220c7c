import Foundation
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct TimesTests {
  /// An exchange whose answer comes in reads of ten bytes, each at one of `times`, in microseconds.
  @discardableResult
  func log(
    _ fixture: JournalFixture, reads times: [Int64], ends: ExchangeRecord.Outcome? = .completed
  ) -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(record)
    let body = fixture.journal.body(.responseReceived(attempt: 2), of: record.id)
    for time in times { body?.append(Bytes(repeatElement(0x61, count: 10)), after: time) }
    fixture.journal.end(AttemptRecord(exchange: record.id, number: 2, endpoint: "first", url: ""))
    if let ends {
      record.outcome = ends
      fixture.journal.end(record)
    }
    return record
  }

  @Test(arguments: [ExchangeRecord.Outcome.completed, .failed, .cancelled])
  func `says when the bytes of an answer came, however it ended`(outcome: ExchangeRecord.Outcome) async throws
  {
    let fixture = try JournalFixture()
    let record = log(fixture, reads: [70, 1_000_000, 90_000_000_000], ends: outcome)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    #expect(
      try reader.times(of: record.id, attempt: 2) == [
        ArrivalMark(offset: 0, microseconds: 70), ArrivalMark(offset: 10, microseconds: 1_000_000),
        ArrivalMark(offset: 20, microseconds: 90_000_000_000),
      ])
    #expect(try reader.times(of: record.id, attempt: 1) == [])
    #expect(try reader.exchange(record.id).bodies.map(\.part) == [.responseReceived(attempt: 2)])
    #expect(throws: JournalError.self) { try reader.times(of: ExchangeID(text: "nobody"), attempt: 2) }
  }

  @Test func `reads less than a millisecond after a mark belong to it`() async throws {
    let fixture = try JournalFixture()
    let record = log(fixture, reads: [0, 400, 999, 1_000, 1_999, 2_100])
    await fixture.journal.flush()
    let marks = try fixture.reader().times(of: record.id, attempt: 2)
    #expect(marks.map(\.offset) == [0, 30, 50])
    #expect(marks.map(\.microseconds) == [0, 1_000, 2_100])
  }

  @Test func `keeps the times of a long answer, in the order of its bytes`() async throws {
    let fixture = try JournalFixture()
    let times = (0..<5_000).map { Int64($0) * 30_000 }
    var record = ExchangeRecord.sample(arrived: fixture.time.wallMilliseconds)
    fixture.journal.begin(record)
    for (number, time) in times.enumerated() {
      fixture.journal.body(.responseReceived(attempt: 1), of: record.id)?.append([1, 2], after: time)
      if number % 700 == 0 { await fixture.journal.flush() }
    }
    record.outcome = .completed
    fixture.journal.end(record)
    await fixture.journal.flush()
    let marks = try fixture.reader().times(of: record.id, attempt: 1)
    #expect(marks.map(\.microseconds) == times)
    #expect(marks.map(\.offset) == times.indices.map { $0 * 2 })
  }

  @Test func `has times for the bytes that are kept`() async throws {
    let truncated = try JournalFixture { $0.responseBody = .truncated(bytes: 15) }
    let record = log(truncated, reads: [0, 5_000, 10_000])
    await truncated.journal.flush()
    #expect(try truncated.reader().times(of: record.id, attempt: 2).map(\.offset) == [0, 10])

    let none = try JournalFixture { $0.responseBody = .none }
    let other = log(none, reads: [0, 5_000])
    await none.journal.flush()
    #expect(try none.reader().times(of: other.id, attempt: 2) == [])
    #expect(try none.reader().exchange(other.id).bodies == [])
  }

  @Test func `a sudden end loses some hundred times, an orderly one none`() async throws {
    let fixture = try JournalFixture()
    let times = (0..<1_000).map { Int64($0) * 2_000 }
    let record = log(fixture, reads: times, ends: nil)
    await fixture.journal.flush()
    log(fixture, reads: [0], ends: nil)
    let killed = try JournalFixture(in: fixture.directory.snapshot())
    let left = try killed.reader().times(of: record.id, attempt: 2).map(\.microseconds)
    #expect(left.count >= 800 && left == Array(times.prefix(left.count)))

    let short = log(fixture, reads: [0, 7_000], ends: nil)
    await fixture.journal.close()
    let reader = try fixture.reader()
    #expect(try reader.times(of: short.id, attempt: 2).map(\.microseconds) == [0, 7_000])
    #expect(try reader.times(of: record.id, attempt: 2).map(\.microseconds) == times)
  }

  @Test func `times go with their exchange`() async throws {
    let fixture = try JournalFixture {
      $0.segmentSize = 2_000
      $0.retentionBytes = 0
      $0.requestTypes = .failed
    }
    let unwanted = log(fixture, reads: [0, 5_000])
    let old = log(fixture, reads: Array(stride(from: 0, to: 600_000, by: 1_000)), ends: .failed)
    await fixture.journal.flush()
    #expect(throws: JournalError.self) { try fixture.reader().times(of: unwanted.id, attempt: 2) }
    #expect(try fixture.reader().times(of: old.id, attempt: 2).count == 600)
    for _ in 0..<4 {
      fixture.log([.requestReceived: noise(1_900)], outcome: .failed)
      await fixture.journal.flush()
    }
    #expect(throws: JournalError.self) { try fixture.reader().times(of: old.id, attempt: 2) }
  }

  @Test func `they are found again when the index is lost`() async throws {
    let fixture = try JournalFixture()
    let record = log(fixture, reads: [0, 7_000])
    await fixture.journal.close()
    try fixture.directory.write(noise(9_000), to: "index.sqlite")
    let after = try JournalFixture(in: fixture.directory)
    #expect(try after.reader().times(of: record.id, attempt: 2).map(\.microseconds) == [0, 7_000])
  }

  @Test func `exports them as numbers`() async throws {
    let fixture = try JournalFixture()
    let record = log(fixture, reads: [70, 5_000])
    await fixture.journal.flush()
    let path = fixture.directory.path + "/export.zip"
    try fixture.reader().exportZip([record.id], to: path)
    let files = try ExportTests().files(in: path)
    let text = try #require(files["\(record.id)/attempt-2-times.json"])
    let times = try JSONDecoder().decode([[String: Int]].self, from: Data(text.utf8))
    #expect(times == [["offset": 0, "microseconds": 70], ["offset": 10, "microseconds": 5_000]])
  }
}
