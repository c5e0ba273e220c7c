import Foundation
import Settings
import Stages

/// What is to be said about a configuration file: everything that is wrong with it, and what it comes to.
package struct ConfigurationReport: Sendable {
  /// Diagnostics in the order of the file, then the provider profile of each OpenAI-compatible endpoint, then one
  /// line on the whole.
  package let lines: [String]
  /// The settings in force, without secrets; nil when the file cannot be used.
  package let dump: String?

  package var isUsable: Bool { dump != nil }

  package init(path: String) {
    do throws(SettingsError) {
      let loaded = try Settings.load(file: path, environment: ProcessInfo.processInfo.environment)
      var lines = loaded.notices.map(\.description)
      let broken = Gateway.demands(loaded.settings, host: nil, tls: nil, configurationPath: path)
        .map { "\($0.path): \($0.message)" }
      lines += broken
      for endpoint in loaded.settings.endpoints {
        if let summary = endpoint.profileSummary { lines.append("endpoint \"\(endpoint.name)\": \(summary)") }
      }
      let endpoints = loaded.settings.endpoints.filter(\.isEnabled).count
      lines.append(broken.isEmpty ? "\(path): ok, \(endpoints) endpoints enabled" : "\(path): not usable")
      self.lines = lines
      dump = broken.isEmpty ? loaded.settings.redactedText : nil
    } catch {
      lines = error.diagnostics.map(\.description)
      dump = nil
    }
  }
}
