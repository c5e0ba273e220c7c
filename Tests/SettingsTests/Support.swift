import Foundation
import Settings

/// Loads a text as if it stood in `config.yaml`.
func load(_ text: String, _ environment: [String: String] = [:]) throws(SettingsError) -> LoadedSettings {
  try Settings.load(text: text, file: "config.yaml", environment: environment)
}

/// What loading a text says: errors and warnings, one a line.
func diagnostics(_ text: String, _ environment: [String: String] = [:]) -> [String] {
  do {
    return try load(text, environment).notices.map(\.description)
  } catch {
    return error.diagnostics.map(\.description)
  }
}

/// A directory of its own for a test, deleted with this object.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/settings-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
  }
}
