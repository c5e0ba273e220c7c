import Foundation
import Pipeline
import Settings
import Stages
import Testing

@Suite struct DefaultFileTests {
  @Test func `the default file loads without a diagnostic`() throws {
    let loaded = try load(Settings.defaultFileText)
    #expect(loaded.notices.isEmpty)
    let endpoint = try #require(loaded.settings.endpoints.first)
    #expect(loaded.settings.endpoints.count == 1)
    #expect(endpoint.dialect == .demo(DemoScript()))
    #expect(endpoint.priority == 100)
    #expect(loaded.settings.server == Settings.Server())
    #expect(!loaded.settings.tagging.isEnabled)
    #expect(loaded.settings.logging == Settings.Logging())
  }

  @Test func `its examples load without a diagnostic when they are uncommented`() throws {
    let lines = Settings.defaultFileText.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { line in
      guard let hash = line.firstIndex(of: "#"), line[..<hash].allSatisfy({ $0 == " " }) else { return line }
      let rest = line[line.index(after: hash)...]
      let isProse = rest.hasPrefix(" ") && !rest.hasPrefix("  ")
      return isProse ? line : line[..<hash] + rest
    }.joined(separator: "\n")
    let environment = [
      "COMPANION_TOKEN": "t", "ANTHROPIC_API_KEY": "k", "THIRD_PARTY_TOKEN": "u", "DEEPSEEK_API_KEY": "d",
    ]
    let loaded = try load(text, environment)
    #expect(loaded.notices.isEmpty)
    #expect(loaded.settings.endpoints.map(\.name) == ["anthropic", "third-party", "deepseek", "demo"])
    #expect(loaded.settings.server.authToken?.exposed == "t")
    #expect(loaded.settings.tagging.rules.map(\.condition) == [.thinking(minimumBudget: 10000)])
  }

  @Test func `the example in the root of the repository is the default file`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let example = try String(contentsOf: root.appending(path: "config.example.yaml"), encoding: .utf8)
    #expect(example == Settings.defaultFileText)
  }

  @Test func `it is written whole, for its owner only`() throws {
    let directory = try TemporaryDirectory()
    let file = directory.file("config.yaml")
    try Settings.writeDefault(to: file)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Settings.defaultFileText)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["config.yaml"])
  }

  @Test func `a file that exists stays as it is`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("mine", to: "config.yaml")
    let file = directory.file("config.yaml")
    do throws(SettingsError) {
      try Settings.writeDefault(to: file)
      Issue.record("It was written over.")
    } catch {
      #expect(error.description == "\(file): the file cannot be created: File exists")
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["config.yaml"])
  }

  @Test func `a directory that is not there is an error`() {
    #expect(throws: SettingsError.self) { try Settings.writeDefault(to: "/nowhere/config.yaml") }
  }
}
