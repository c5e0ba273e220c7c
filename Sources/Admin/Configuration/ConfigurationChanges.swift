import Settings

/// Changes of the configuration that routes ask for: written to the file and in force, or refused in the API's words.
struct ConfigurationChanges: Sendable {
  let backend: any AdminBackend

  /// The file as it is.
  func read() throws(AdminError) -> SettingsFileEditor.Version {
    do throws(SettingsEditError) {
      return try backend.configuration.read()
    } catch {
      throw AdminError(error)
    }
  }

  /// Makes changes, all or none.
  @discardableResult
  func apply(_ edits: [SettingsEdit]) throws -> SettingsFileEditor.Change {
    let change: SettingsFileEditor.Change
    do throws(SettingsEditError) {
      change = try backend.configuration.apply(edits)
    } catch {
      throw AdminError(error)
    }
    try backend.putInForce(change.loaded.settings)
    return change
  }

  /// What the settings would be; nothing is written.
  func trial(_ edits: [SettingsEdit]) throws(AdminError) -> Settings {
    do throws(SettingsEditError) {
      return try backend.configuration.trial(edits).settings
    } catch {
      throw AdminError(error)
    }
  }
}

extension AdminError {
  init(_ error: SettingsEditError) {
    switch error {
    case .invalid(let error):
      self = .invalid(error.diagnostics.filter { $0.severity == .error }.map(Problem.init))
    // What the path of a request names was looked up before: this is something in its body.
    case .missing(let path): self = .invalid([Problem(path: path, message: "there is no such entry")])
    case .taken, .conflict: self.init(.conflict, "\(error)")
    case .refused(let path, let reason): self = .invalid([Problem(path: path, message: reason)])
    case .file: self.init(.internal, "\(error)")
    }
  }
}

extension Problem {
  init(_ diagnostic: Diagnostic) {
    self.init(
      path: diagnostic.path, line: diagnostic.line, message: diagnostic.message,
      suggestion: diagnostic.suggestion)
  }
}
