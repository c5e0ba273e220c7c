package import Journal
import Pipeline
import Settings
import Synchronization

/// How well an endpoint answered in the last 24 hours.
extension EndpointReliability: JSONObject {
  package static let schemaName = "Reliability"
  package static let members: [Member<EndpointReliability>] = [
    Member("score", "0…100; null with fewer than five attempts") { $0.score },
    Member("requests", "Attempts that say something about it") { $0.requests },
    Member("truncated", "Cut in the middle") { $0.truncated },
    Member("stalled", "Too slow: no first byte, no bytes, no progress") { $0.stalled },
    Member("failed", "By its fault, those included") { $0.failed },
    Member("first_content_p50_ms") { $0.firstContentP50?.milliseconds },
    Member("first_content_p95_ms") { $0.firstContentP95?.milliseconds },
  ]
}

/// The same of all endpoints, read from the journal now and then.
final class ReliabilityReader: Sendable {
  /// The live view shows once a second what changes slowly.
  private static let memory: Duration = .seconds(10)

  private let backend: any AdminBackend
  private let known = Mutex<(at: MonotonicTime, figures: [String: EndpointReliability])?>(nil)

  init(_ backend: any AdminBackend) { self.backend = backend }

  /// By name; endpoints without attempts are missing. Nothing is known while the journal cannot be read.
  func all() -> [String: EndpointReliability] {
    let now = backend.time.now
    if let known = known.withLock({ $0 }), now - known.at < Self.memory { return known.figures }
    let figures = try? JournalAccess(backend).read { (reader) throws(JournalError) in
      try reader.reliability(now: backend.time.wallMilliseconds)
    }
    known.withLock { $0 = (now, figures ?? [:]) }
    return figures ?? [:]
  }
}
