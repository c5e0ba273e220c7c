import Foundation
import HTTPTypes
import Journal
import Pipeline
import ProxyTesting

/// A directory of one test, removed with it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/journal-\(UUID().uuidString)"
  }

  deinit {
    // A journal nobody closed may be removing its own files at this moment, which Foundation gives up on.
    for _ in 0..<1_000 where FileManager.default.fileExists(atPath: path) {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// What the directory holds at this moment, as a process that dies now would leave it.
  func snapshot() throws -> TemporaryDirectory {
    let copy = TemporaryDirectory()
    try FileManager.default.copyItem(atPath: path, toPath: copy.path)
    return copy
  }

  func segments() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".czl") }.sorted()
  }

  func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
  }
}

/// A journal in a directory of its own, on a manual clock.
struct JournalFixture {
  let directory: TemporaryDirectory
  let time: ManualTime
  let journal: Journal

  init(
    in directory: TemporaryDirectory = TemporaryDirectory(), time: ManualTime = ManualTime(),
    _ change: (inout JournalOptions) -> Void = { _ in }
  ) throws {
    self.directory = directory
    self.time = time
    var options = JournalOptions(directory: directory.path)
    change(&options)
    journal = try Journal(options: options, time: time)
  }

  func reader() throws -> JournalReader { try JournalReader(directory: directory.path) }

  /// Logs an exchange that is over, with one body per part.
  @discardableResult
  func log(
    _ bodies: [BodyPart: [UInt8]] = [:], outcome: ExchangeRecord.Outcome = .completed,
    failedAttempts: Int = 0
  ) -> ExchangeRecord {
    var record = ExchangeRecord.sample(arrived: time.wallMilliseconds)
    journal.begin(record)
    for (part, bytes) in bodies { journal.append(bytes[...], to: part, of: record.id) }
    for number in 1..<(failedAttempts + 1) {
      var attempt = AttemptRecord(
        exchange: record.id, number: number, endpoint: "first", url: "http://[::1]/")
      attempt.failureCode = "connect_failed"
      journal.end(attempt)
    }
    record.outcome = outcome
    journal.end(record)
    return record
  }
}

extension ExchangeRecord {
  /// Arrived at the start of the manual clock, unless said otherwise.
  static func sample(arrived: Int64 = 1_790_000_000_000) -> ExchangeRecord {
    ExchangeRecord(
      id: ExchangeID(wallMilliseconds: arrived), arrived: arrived,
      request: ClientRequest(method: .post, path: "/v1/messages", query: "beta=true", peer: "127.0.0.1"))
  }
}

/// Bytes that do not compress, the same in every run.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state)
  }
}
