import Admin
import Foundation
import Settings

/// A site whose proxy runs on a configuration file of the test's own.
final class ConfigurationFixture {
  let site: SiteFixture
  private let directory: String

  static let text = """
    # Mine.
    server:
      port: 8080  # the usual
    endpoints:
      # The first choice.
      - name: first
        url: https://one.example
        auth_type: api_key
        auth_value: sk-ant-0123456789abcd
        priority: 1
      # If that fails.
      - {name: second, url: "https://two.example", auth_type: none, priority: 2}
    tagging:
      taggers:
        # Hard ones.
        - name: hard
          type: builtin
          builtin_type: thinking
          tag: thinking
          config: {min_budget_tokens: 1000}
    """

  init(_ text: String = ConfigurationFixture.text) throws {
    directory = FileManager.default.temporaryDirectory.path + "/admin-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let file = directory + "/config.yaml"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let loaded = try Settings.load(file: file, environment: [:])
    site = SiteFixture(file: file) { $0 = loaded.settings }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var file: String { get throws { try String(contentsOfFile: directory + "/config.yaml", encoding: .utf8) } }

  /// The file, made read-only together with its directory, or writable again.
  func setWritable(_ isWritable: Bool) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: isWritable ? 0o755 : 0o555], ofItemAtPath: directory)
  }
}
