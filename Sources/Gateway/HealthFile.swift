import Dispatch
import Foundation
package import Logging
package import Stages

/// Which endpoints are on the bench, on disk beside the journal: a restart does not send the next requests to one
/// that has said when it will be back.
package final class HealthFile: Sendable {
  private let path: String
  private let log: Logger
  /// Off the thread that moves bytes: writing may wait for the disk.
  private let queue = DispatchQueue(label: "health-file")

  package init(directory: String, log: Logger) {
    path = "\(directory)/endpoint-health.json"
    self.log = log
  }

  private struct Entry: Codable {
    var endpoint: String
    /// Milliseconds since 1970.
    var until: Int64
    var cause: String
    var isOrdered: Bool
  }

  /// The benches of the last run; none when there is no file, or one that cannot be read.
  package func load() -> [EndpointHealth.Bench] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    guard let entries = try? JSONDecoder().decode([Entry].self, from: data) else {
      log.warning("\(path) cannot be read; every endpoint starts as available")
      return []
    }
    return entries.map {
      EndpointHealth.Bench(endpoint: $0.endpoint, until: $0.until, cause: $0.cause, isOrdered: $0.isOrdered)
    }
  }

  /// Replaces the file, soon.
  package func save(_ benches: [EndpointHealth.Bench]) {
    queue.async { [self] in
      let entries = benches.map {
        Entry(endpoint: $0.endpoint, until: $0.until, cause: $0.cause, isOrdered: $0.isOrdered)
      }
      do {
        try PrivateFile.replace(path, with: JSONEncoder().encode(entries))
      } catch {
        log.warning("The state of endpoints cannot be kept in \(path): \(error.localizedDescription)")
      }
    }
  }

  /// Returns when everything saved so far is written.
  package func flush() { queue.sync {} }
}
