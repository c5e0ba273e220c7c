import Foundation
import GRDB
import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct RecoveryTests {
  /// A journal of one exchange, closed.
  func closedJournal() async throws -> (directory: TemporaryDirectory, record: ExchangeRecord) {
    let fixture = try JournalFixture()
    let record = fixture.log([.requestReceived: noise(300_000), .responseSent: Array("data: {}\n\n".utf8)])
    await fixture.journal.close()
    return (fixture.directory, record)
  }

  func expectRebuilt(_ directory: TemporaryDirectory, _ record: ExchangeRecord) async throws {
    let fixture = try JournalFixture(in: directory)
    #expect(fixture.journal.notices.count == 2)
    #expect(fixture.journal.notices.first?.contains("index.damaged-") == true)
    let reader = try fixture.reader()
    let found = try reader.exchange(record.id)
    #expect(found.record.failureCode == "index_lost")
    #expect(found.record.arrived == record.arrived)
    #expect(try reader.body(record.id, .requestReceived) == noise(300_000))
    #expect(try reader.body(record.id, .responseSent) == Array("data: {}\n\n".utf8))
    let next = fixture.log([.requestReceived: [7]])
    await fixture.journal.flush()
    #expect(try reader.body(next.id, .requestReceived) == [7])
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names.contains { $0.hasPrefix("index.damaged-") })
  }

  @Test func `an index of other bytes is moved aside`() async throws {
    let (directory, record) = try await closedJournal()
    try directory.write(noise(9_000), to: "index.sqlite")
    try await expectRebuilt(directory, record)
  }

  @Test func `an index with a spoilt page is moved aside, whichever it is`() async throws {
    let fixture = try JournalFixture()
    for _ in 0..<100 { fixture.log([.requestReceived: [1]], failedAttempts: 1) }
    await fixture.journal.close()
    let whole = try fixture.directory.bytes(of: "index.sqlite")
    #expect(whole.count > 12 * 4_096)
    for page in stride(from: 4_096, to: whole.count, by: 4_096) {
      let spoilt = try fixture.directory.snapshot()
      var bytes = whole
      for index in page..<(page + 4_096) { bytes[index] ^= 0x5A }
      try spoilt.write(bytes, to: "index.sqlite")
      let after = try JournalFixture(in: spoilt)
      #expect(after.journal.notices.first?.contains("index.damaged-") == true, "page at \(page)")
      #expect(after.journal.notices.last?.contains("Bodies of 100 exchanges") == true)
    }
  }

  @Test func `somebody else's database is moved aside unchanged`() async throws {
    let (directory, record) = try await closedJournal()
    let foreign = directory.path + "/foreign.sqlite"
    try await DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE precious (x)") }
    let bytes = try directory.bytes(of: "foreign.sqlite")
    try directory.write(bytes, to: "index.sqlite")
    try await expectRebuilt(directory, record)
    let aside = try #require(
      try FileManager.default.contentsOfDirectory(atPath: directory.path).first {
        $0.hasPrefix("index.damaged-") && $0.hasSuffix(".sqlite")
      })
    #expect(try directory.bytes(of: aside) == bytes)
  }

  @Test func `an index that was deleted is made again from the segments`() async throws {
    let (directory, record) = try await closedJournal()
    try FileManager.default.removeItem(atPath: directory.path + "/index.sqlite")
    let fixture = try JournalFixture(in: directory)
    #expect(fixture.journal.notices.count == 1)
    #expect(try fixture.reader().body(record.id, .requestReceived) == noise(300_000))
  }

  @Test func `a spot gone bad in a segment spoils its own block only`() async throws {
    let (directory, record) = try await closedJournal()
    var bytes = try directory.bytes(of: "segment-000001.czl")
    bytes[200_000] ^= 1
    try directory.write(bytes, to: "segment-000001.czl")
    do {
      let fixture = try JournalFixture(in: directory)
      let reader = try fixture.reader()
      let error = #expect(throws: JournalError.self) { try reader.body(record.id, .requestReceived) }
      #expect(error?.code == .damaged)
      #expect(try reader.body(record.id, .responseSent) == Array("data: {}\n\n".utf8))
      await fixture.journal.close()
    }
    #expect(try directory.bytes(of: "segment-000001.czl") == bytes, "nothing is cut off")
    try FileManager.default.removeItem(atPath: directory.path + "/index.sqlite")
    let rebuilt = try JournalFixture(in: directory)
    let detail = try rebuilt.reader().exchange(record.id)
    #expect(detail.body(.requestReceived)?.rawLength == 131_072)
    #expect(detail.body(.requestReceived)?.missing == 300_000 - 131_072)
    #expect(try rebuilt.reader().body(record.id, .requestReceived) == Array(noise(300_000).prefix(131_072)))
  }

  @Test func `bodies whose segment somebody deleted are missing, not errors`() async throws {
    let (directory, record) = try await closedJournal()
    try FileManager.default.removeItem(atPath: directory.path + "/segment-000001.czl")
    let fixture = try JournalFixture(in: directory)
    let stored = try fixture.reader().exchange(record.id).body(.requestReceived)
    #expect(stored == StoredBody(part: .requestReceived, rawLength: 0, missing: 300_000))
    #expect(try fixture.reader().body(record.id, .requestReceived).isEmpty)
  }

  @Test func `a directory that cannot be made is an error`() throws {
    let directory = TemporaryDirectory()
    try Data().write(to: URL(fileURLWithPath: directory.path))
    let error = #expect(throws: JournalError.self) { try JournalFixture(in: directory) }
    #expect(error?.code == .fileFailed)
  }
}
