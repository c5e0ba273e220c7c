import Foundation
package import Logging
package import Pipeline
package import Settings
package import Stages

/// The reasoning memory on disk, so that a conversation of yesterday goes on today.
///
/// It lies beside the journal and holds parts of answers, so it is readable by its owner only and is neither
/// written nor read when the journal keeps no answers.
package final class ReasoningFile: Sendable {
  /// What a crash loses at most.
  private static let interval: Duration = .seconds(300)

  /// Nil when nothing is to be kept.
  private let path: String?
  private let time: any TimeSource
  private let log: Logger

  package init(_ settings: Settings.Logging, time: any TimeSource, log: Logger) {
    path = settings.responseBody == .none ? nil : "\(settings.directory)/reasoning.jsonl"
    self.time = time
    self.log = log
  }

  /// What the file holds; an empty memory without one.
  package func load() -> ReasoningMemory {
    guard let path, let data = FileManager.default.contents(atPath: path) else { return ReasoningMemory() }
    return ReasoningMemory(snapshot: Bytes(data))
  }

  /// Stores the memory every few minutes while it changes, and once more when `gate` opens; then returns.
  package func keepSaving(_ memory: ReasoningMemory, until gate: Gate) async {
    var stored = memory.revision
    while !gate.isOpen {
      await time.sleep(until: time.now + Self.interval, or: gate)
      let revision = memory.revision
      if revision != stored { save(memory) }
      stored = revision
    }
  }

  /// Replaces the file: a reader sees the old one or the new one, whole.
  package func save(_ memory: ReasoningMemory) {
    guard let path else { return }
    do {
      try PrivateFile.replace(path, with: Data(memory.snapshot))
    } catch {
      log.warning("The reasoning of conversations cannot be kept in \(path): \(error.localizedDescription)")
    }
  }
}
