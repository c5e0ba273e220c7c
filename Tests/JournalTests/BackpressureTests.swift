import Foundation
import Journal
import Pipeline
import ProxyTesting
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

@Suite struct BackpressureTests {
  @Test func `a body that comes too fast is a prefix and an exact count`() async throws {
    let fixture = try JournalFixture { $0.queueLimit = 1 << 20 }
    let record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    let piece = noise(1 << 16)
    let pieces = 800
    for _ in 0..<pieces { fixture.journal.append(piece[...], to: .responseSent, of: record.id) }
    fixture.journal.end(record)
    await fixture.journal.flush()
    let reader = try fixture.reader()
    let stored = try #require(try reader.exchange(record.id).body(.responseSent))
    #expect(stored.rawLength + stored.missing == piece.count * pieces)
    #expect(stored.rawLength > 900_000)
    #expect(fixture.journal.health.bodyBytesDropped == stored.missing)
    let repeated = piece + piece + piece
    var offset = 0
    try reader.readBody(record.id, .responseSent) { bytes in
      #expect(Data(bytes) == Data(repeated[(offset % piece.count)...].prefix(bytes.count)))
      offset += bytes.count
    }
    #expect(offset == stored.rawLength)
  }

  @Test func `says what waits`() async throws {
    let fixture = try JournalFixture()
    #expect(fixture.journal.status.isFine && fixture.journal.status.message == nil)
    let record = ExchangeRecord.sample()
    fixture.journal.begin(record)
    fixture.journal.body(.responseReceived(attempt: 1), of: record.id)?.append(Bytes(noise(500)), after: 100)
    // Two bytes say when they came.
    #expect(fixture.journal.status.queuedBytes == 502)
    fixture.journal.end(record)
    await fixture.journal.flush()
    #expect(fixture.journal.status.queuedBytes == 0)
    #expect(fixture.journal.status.isFine)
  }

  @Test func `one append larger than the queue keeps what fits`() async throws {
    let fixture = try JournalFixture { $0.queueLimit = 100_000 }
    let bytes = noise(300_000)
    let record = fixture.log([.requestReceived: bytes])
    await fixture.journal.flush()
    let reader = try fixture.reader()
    let stored = try #require(try reader.exchange(record.id).body(.requestReceived))
    #expect(stored.isTruncated)
    #expect(stored.rawLength + stored.missing == 300_000)
    #expect(try reader.body(record.id, .requestReceived) == Array(bytes.prefix(stored.rawLength)))
    #expect(stored.rawLength > 99_000)
  }

  @Test func `the next body is whole again`() async throws {
    let fixture = try JournalFixture { $0.queueLimit = 100_000 }
    fixture.log([.requestReceived: noise(300_000)])
    await fixture.journal.flush()
    let record = fixture.log([.requestReceived: noise(50_000)])
    await fixture.journal.flush()
    #expect(try fixture.reader().body(record.id, .requestReceived) == noise(50_000))
  }

  @Test func `two hundred megabytes leave memory alone`() async {
    await #expect(processExitsWith: .success) {
      let fixture = try JournalFixture()
      let record = ExchangeRecord.sample()
      fixture.journal.begin(record)
      func pass(_ megabytes: Int) async {
        for number in 0..<(megabytes * 16) {
          // A new array each time, as reads are.
          let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 64 << 10)
          fixture.journal.append(piece[...], to: .responseSent, of: record.id)
          if number % 64 == 63 { await fixture.journal.flush() }
        }
      }
      await pass(16)
      let before = peakMemory()
      await pass(184)
      #expect(peakMemory() - before < 16 << 20)
      fixture.journal.end(record)
      await fixture.journal.flush()
      let stored = try fixture.reader().exchange(record.id).bodies
      #expect(stored == [StoredBody(part: .responseSent, rawLength: 200 << 20, missing: 0)])
    }
  }
}

/// The most memory this process ever had, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    unsafe getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #else
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss << 10
  #endif
}
