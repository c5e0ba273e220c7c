import Foundation
import Settings
import Testing

/// One configuration with one mistake, and the message it must lead to.
struct Mistake: Sendable, CustomTestStringConvertible {
  var name: String
  var yaml: String
  var message: String
  var testDescription: String { name }

  init(_ name: String, _ yaml: String, _ message: String) {
    self.name = name
    self.yaml = yaml
    self.message = message
  }
}

@Suite struct MistakeTests {
  @Test(
    arguments: Mistake.sections + Mistake.endpoints + Mistake.providers + Mistake.tagging + Mistake.syntax)
  func `a mistake is an error that says where it is and what was expected`(_ mistake: Mistake) {
    #expect(throws: SettingsError.self) { try load(mistake.yaml, ["EMPTY": "", "WORD": "hello"]) }
    let told = diagnostics(mistake.yaml, ["EMPTY": "", "WORD": "hello"])
    #expect(told == ["config.yaml:" + mistake.message])
  }

  @Test func `all mistakes of a file are found at once, in its order`() {
    let told = diagnostics(
      """
      server: {port: high, hots: x}
      endpoints:
        - {name: demo, endpoint_type: demo, priority: soon}
        - {name: demo, endpoint_type: demon, auth_type: none, url: "https://a.test"}
      selektion: {}
      logging: {level: loud}
      """)
    #expect(
      told == [
        "config.yaml:1:10: server.port: expected a whole number from 0 to 65535, found \"high\"",
        "config.yaml:1:22: server.hots: unknown key (did you mean \"host\"?)",
        "config.yaml:3:39: endpoints[0].priority: expected a whole number, found \"soon\"",
        "config.yaml:4:6: endpoints[1].name: \"demo\" is the name of another endpoint already, see line 3",
        "config.yaml:4:18: endpoints[1].endpoint_type: expected one of anthropic, openai, demo, found \"demon\""
          + " (did you mean \"demo\"?)",
        "config.yaml:5:1: selektion: unknown key (did you mean \"selection\"?)",
        "config.yaml:6:11: logging.level: expected one of debug, info, warn, error, found \"loud\"",
      ])
  }

  @Test func `a file that cannot be read is named`() {
    #expect(throws: SettingsError.self) { try Settings.load(file: "/nowhere/config.yaml", environment: [:]) }
    do throws(SettingsError) {
      _ = try Settings.load(file: "/nowhere/config.yaml", environment: [:])
    } catch {
      #expect(
        error.description == "/nowhere/config.yaml: the file cannot be read: No such file or directory")
    }
  }

  @Test func `line ends of Windows and a byte order mark are no mistakes`() throws {
    let directory = try TemporaryDirectory()
    let text = "\u{FEFF}" + Settings.defaultFileText.replacing("\n", with: "\r\n")
    try directory.write(text, to: "config.yaml")
    #expect(try Settings.load(file: directory.file("config.yaml"), environment: [:]).notices.isEmpty)
    let told = diagnostics("server:\r\n\thost: a")
    #expect(told.count == 1)
    #expect(
      told.allSatisfy { $0.hasPrefix("config.yaml:2:1: ") && $0.hasSuffix("(indent with spaces, not tabs)") })
  }

  @Test func `a file that is not text is refused`() throws {
    let directory = try TemporaryDirectory()
    try Data([0x61, 0xFF, 0xFE]).write(to: URL(filePath: directory.file("config.yaml")))
    do throws(SettingsError) {
      _ = try Settings.load(file: directory.file("config.yaml"), environment: [:])
      Issue.record("It was accepted.")
    } catch {
      #expect(error.diagnostics.map(\.message) == ["the file is not UTF-8 text"])
    }
  }
}
