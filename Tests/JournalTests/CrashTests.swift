import Foundation
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

@Suite struct CrashTests {
  @Test func `what was committed is there after a sudden end`() async throws {
    let fixture = try JournalFixture()
    let over = (0..<20).map { fixture.log([.requestReceived: noise(5_000, seed: UInt64($0))]) }
    let running = ExchangeRecord.sample()
    fixture.journal.begin(running)
    fixture.journal.append(Bytes(utf8: "first"), to: .responseSent, of: running.id)
    await fixture.journal.flush()
    fixture.journal.append(Bytes(utf8: "second"), to: .responseSent, of: running.id)
    let unflushed = fixture.log()

    let after = try JournalFixture(in: fixture.directory.snapshot())
    #expect(after.journal.notices.isEmpty)
    let reader = try after.reader()
    for (seed, record) in over.enumerated() {
      #expect(try reader.exchange(record.id).record.outcome == .completed)
      #expect(try reader.body(record.id, .requestReceived) == noise(5_000, seed: UInt64(seed)))
    }
    let ended = try reader.exchange(running.id).record
    #expect(ended.outcome == .failed)
    #expect(ended.failureCode == "process_ended")
    #expect(try reader.body(running.id, .responseSent) == Array("first".utf8))
    #expect(throws: JournalError.self) { try reader.exchange(unflushed.id) }
  }

  @Test func `only exchanges of earlier runs are ended on start`() async throws {
    let directory = TemporaryDirectory()
    do {
      let first = try JournalFixture(in: directory)
      first.journal.begin(.sample())
      await first.journal.close()
    }
    let second = try JournalFixture(in: directory)
    second.journal.begin(.sample(arrived: 1_790_000_000_001))
    await second.journal.flush()
    #expect(try second.reader().list().map(\.outcome) == [.open, .failed])
  }

  @Test func `a killed process loses nothing it had committed`() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try await runUntilKilled(in: path)
    }
    let acknowledged = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    #expect(acknowledged.count >= 60)
    let fixture = try JournalFixture(in: directory)
    #expect(fixture.journal.notices.isEmpty)
    let reader = try fixture.reader()
    for id in acknowledged {
      #expect(try reader.exchange(ExchangeID(text: id)).record.outcome == .completed)
      #expect(try reader.body(ExchangeID(text: id), .responseSent) == noise(3_000))
    }
    var everything = ExchangeFilter()
    everything.limit = .max
    for record in try reader.list(everything) {
      #expect(record.outcome != .open)
      for body in try reader.exchange(record.id).bodies {
        #expect(try reader.body(record.id, body.part).count == body.rawLength)
      }
    }
  }

  @Test func `a block cut short anywhere is recognised and cut off`() async throws {
    let fixture = try JournalFixture()
    let first = fixture.log([.requestReceived: noise(40)])
    await fixture.journal.flush()
    let start = try fixture.directory.bytes(of: "segment-000001.czl").count
    let last = fixture.log([.requestReceived: noise(30)])
    await fixture.journal.close()
    let whole = try fixture.directory.bytes(of: "segment-000001.czl")
    #expect(whole.count > start)
    for length in start..<whole.count {
      let torn = try fixture.directory.snapshot()
      try torn.write(Array(whole[..<length]), to: "segment-000001.czl")
      let after = try JournalFixture(in: torn)
      #expect(after.journal.notices.isEmpty)
      #expect(try torn.bytes(of: "segment-000001.czl").count == start)
      let reader = try after.reader()
      #expect(try reader.body(first.id, .requestReceived) == noise(40))
      #expect(
        try reader.exchange(last.id).bodies
          == [StoredBody(part: .requestReceived, rawLength: 0, missing: 30)])
      let next = after.log([.requestReceived: noise(50)])
      await after.journal.flush()
      #expect(try reader.body(next.id, .requestReceived) == noise(50))
    }
  }

  @Test func `a block the index does not know is cut off if it is torn`() async throws {
    let fixture = try JournalFixture()
    fixture.log([.requestReceived: noise(40)])
    await fixture.journal.close()
    let whole = try fixture.directory.bytes(of: "segment-000001.czl")
    for length in 1..<whole.count {
      let torn = try fixture.directory.snapshot()
      try torn.write(whole + whole[..<length], to: "segment-000001.czl")
      _ = try JournalFixture(in: torn)
      #expect(try torn.bytes(of: "segment-000001.czl") == whole)
    }
  }

  @Test func `a second writer on the same directory is refused until the first is closed`() async throws {
    let fixture = try JournalFixture()
    let error = #expect(throws: JournalError.self) { try JournalFixture(in: fixture.directory) }
    #expect(error?.code == .inUse)
    await fixture.journal.close()
    _ = try JournalFixture(in: fixture.directory)
  }
}

/// Logs exchanges and notes those that are committed, until a thread of this process kills it.
private func runUntilKilled(in path: String) async throws {
  let journal = try Journal(options: JournalOptions(directory: path), time: ManualTime())
  let acknowledged = Rounds()
  let killer = Thread {
    while acknowledged.count.load(ordering: .relaxed) < 3 { sched_yield() }
    kill(getpid(), SIGKILL)
  }
  killer.start()
  let notes = unsafe open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
  for _ in 0..<10_000 {
    var text = ""
    for _ in 0..<20 {
      var record = ExchangeRecord.sample()
      journal.begin(record)
      journal.append(noise(3_000)[...], to: .responseSent, of: record.id)
      record.outcome = .completed
      journal.end(record)
      text += "\(record.id)\n"
    }
    await journal.flush()
    _ = unsafe write(notes, text, text.utf8.count)
    acknowledged.count.wrappingAdd(1, ordering: .relaxed)
  }
}

private final class Rounds: Sendable {
  let count = Atomic(0)
}
