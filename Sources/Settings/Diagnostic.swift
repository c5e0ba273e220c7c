/// One thing to tell about a configuration file, and where it stands.
package struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  /// Whether the file can be used all the same.
  package enum Severity: String, Sendable {
    /// The file cannot be used.
    case error
    /// The file is used, but something in it does not do what it may seem to.
    case warning
  }

  package var severity: Severity
  /// As it was given to `Settings.load`.
  package var file: String
  /// From 1; nil when the file as a whole is meant.
  package var line: Int?
  /// From 1, in Unicode scalars.
  package var column: Int?
  /// The key from the root down, such as `endpoints[1].auth_type`; empty for the file as a whole.
  package var path: String
  /// What was expected and what was found. Never shows a secret.
  package var message: String
  /// What to write instead, when that can be guessed.
  package var suggestion: String?

  package init(
    severity: Severity, file: String, line: Int? = nil, column: Int? = nil, path: String, message: String,
    suggestion: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.suggestion = suggestion
  }

  /// `config.yaml:12:5: endpoints[1].auth_type: MESSAGE (SUGGESTION)`
  package var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if let column { text += ":\(column)" }
    if !path.isEmpty { text += ": \(path)" }
    text += ": \(message)"
    if let suggestion { text += " (\(suggestion))" }
    return text
  }
}

/// Why a configuration file cannot be used: everything that is wrong with it, not the first fault only.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Errors and warnings in the order of the file; at least one error.
  package var diagnostics: [Diagnostic]

  /// One line a diagnostic.
  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
