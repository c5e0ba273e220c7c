import Foundation
import Gateway
import Logging
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct HealthFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "health-\(UUID().uuidString)")
  private let log = Logger(label: "health") { _ in SwiftLogNoOpLogHandler() }

  private func withFolder(_ body: (String) throws -> Void) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func `benches come back as they were, for their owner's eyes alone`() throws {
    try withFolder { directory in
      let benches = [EndpointHealth.Bench(endpoint: "a", until: 5, cause: "HTTP 429", isOrdered: true)]
      let file = HealthFile(directory: directory, log: log)
      file.save([])
      file.save(benches)
      file.flush()
      #expect(HealthFile(directory: directory, log: log).load() == benches)
      let path = directory + "/endpoint-health.json"
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func `no file, or a broken one, benches nobody`() throws {
    try withFolder { directory in
      #expect(HealthFile(directory: directory, log: log).load().isEmpty)
      try Data("{".utf8).write(to: folder.appending(path: "endpoint-health.json"))
      #expect(HealthFile(directory: directory, log: log).load().isEmpty)
    }
  }
}
