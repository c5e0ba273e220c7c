import GRDB
import Journal
import Pipeline
import ProxyTesting
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// A full disk is played by a limit on the size of files, in a process of its own.
@Suite struct DiskFailureTests {
  @Test func `goes on without the disk, says so, and catches up`() async {
    await #expect(processExitsWith: .success) {
      let lines = Lines()
      let directory = TemporaryDirectory()
      let journal = try Journal(
        options: JournalOptions(directory: directory.path), time: ManualTime(), log: lines.add)
      let fixture = LoggingJournal(journal: journal)
      let before = fixture.log(noise(10_000))
      await journal.flush()
      limitFiles(to: 4_096)
      let during = (0..<5).map { _ in fixture.log(noise(10_000)) }
      await journal.flush()
      let sick = journal.health
      #expect(!sick.isWriting)
      #expect(sick.lastError != nil && sick.lastErrorAt != nil)
      #expect(sick.writeErrors > 1)
      #expect(sick.rowsWaiting >= 10 && sick.rowsLost == 0)
      #expect(sick.bodyBytesDropped == 50_000)
      #expect(lines.all.count == 1)
      let status = journal.status
      #expect(!status.isWriting && !status.isFine && status.message?.contains("cannot write") == true)
      #expect(
        status.droppedBytes == 50_000 && status.droppedRows == 0 && status.waitingRows == sick.rowsWaiting)
      limitFiles(to: nil)
      let after = fixture.log(noise(10_000))
      await journal.flush()
      #expect(journal.health.isWriting && journal.health.rowsWaiting == 0)
      #expect(journal.status.isWriting && journal.status.message?.contains("could not keep up") == true)
      let reader = try JournalReader(directory: directory.path)
      for record in [before, after] { #expect(try reader.body(record.id, .requestReceived) == noise(10_000)) }
      for record in during {
        let detail = try reader.exchange(record.id)
        #expect(detail.record.outcome == .completed)
        #expect(detail.bodies == [StoredBody(part: .requestReceived, rawLength: 0, missing: 10_000)])
      }
    }
  }

  @Test func `goes on while somebody else locks the index, and catches up`() async throws {
    let fixture = try JournalFixture()
    let before = fixture.log([.requestReceived: [1]])
    await fixture.journal.flush()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(
      path: fixture.directory.path + "/index.sqlite", configuration: configuration)
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let during = fixture.log([.requestReceived: [2]])
    await fixture.journal.flush()
    #expect(!fixture.journal.health.isWriting)
    #expect(fixture.journal.health.lastError?.contains("locked") == true)
    #expect(fixture.journal.health.rowsLost == 0)
    try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    let after = fixture.log([.requestReceived: [3]])
    await fixture.journal.flush()
    #expect(fixture.journal.health.isWriting)
    let reader = try fixture.reader()
    for (record, body) in [(before, [1]), (during, [2]), (after, [3])] as [(ExchangeRecord, [UInt8])] {
      #expect(try reader.body(record.id, .requestReceived) == body)
    }
  }

  @Test func `gives rows up only when ten thousand wait, oldest first`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let journal = try Journal(options: JournalOptions(directory: directory.path), time: ManualTime())
      let fixture = LoggingJournal(journal: journal)
      fixture.log([])
      await journal.flush()
      limitFiles(to: 4_096)
      // One row each as a rule: what begins and ends in one batch needs no row for its beginning.
      for _ in 0..<4 {
        for _ in 0..<3_000 { fixture.log([]) }
        await journal.flush()
      }
      #expect(journal.health.rowsWaiting == 10_000)
      #expect(journal.health.rowsLost >= 2_000)
      limitFiles(to: nil)
      await journal.flush()
      #expect(journal.health.isWriting)
      var everything = ExchangeFilter()
      everything.limit = .max
      let kept = try JournalReader(directory: directory.path).list(everything).count
      #expect((9_500...10_001).contains(kept), "\(kept)")
    }
  }

  @Test func `tries again by itself`() async {
    await #expect(processExitsWith: .success) {
      let directory = TemporaryDirectory()
      let time = ManualTime()
      let journal = try Journal(options: JournalOptions(directory: directory.path), time: time)
      let fixture = LoggingJournal(journal: journal)
      fixture.log([])
      await journal.flush()
      limitFiles(to: 4_096)
      fixture.log([])
      await journal.flush()
      limitFiles(to: nil)
      time.advance(by: .seconds(5))
      for _ in 0..<1_000_000 where !journal.health.isWriting { await Task.yield() }
      #expect(try JournalReader(directory: directory.path).list().count == 2)
    }
  }
}

private struct LoggingJournal {
  let journal: Journal

  @discardableResult
  func log(_ body: [UInt8]) -> ExchangeRecord {
    var record = ExchangeRecord.sample()
    journal.begin(record)
    journal.append(body[...], to: .requestReceived, of: record.id)
    record.outcome = .completed
    journal.end(record)
    return record
  }
}

private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Writes beyond `size` fail from now on; nil lifts the limit.
private func limitFiles(to size: UInt64?) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit()
  #if canImport(Darwin)
    let resource = RLIMIT_FSIZE
  #else
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #endif
  unsafe getrlimit(resource, &limit)
  limit.rlim_cur = size.map { rlim_t($0) } ?? limit.rlim_max
  unsafe setrlimit(resource, &limit)
}
