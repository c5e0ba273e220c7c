/// Why a change of the configuration was not made. The file is as it was.
package enum SettingsEditError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The configuration, as it is or as it would be, cannot be used.
  case invalid(SettingsError)
  /// There is nothing at this path.
  case missing(path: String)
  /// The name is that of another element.
  case taken(path: String, name: String)
  /// The file was changed since the revision that was given.
  case conflict
  /// The value, or the way the file is written, does not allow the change.
  case refused(path: String, reason: String)
  /// The system did not let the file be read or written.
  case file(path: String, reason: String)

  /// Never shows a secret.
  package var description: String {
    switch self {
    case .invalid(let error): error.description
    case .missing(let path): "\(path): there is no such entry"
    case .taken(let path, let name): "\(path): \"\(masked(name))\" is the name of another one already"
    case .conflict: "the configuration file was changed meanwhile"
    case .refused(let path, let reason): "\(path): \(reason)"
    case .file(let path, let reason): "\(path): \(reason)"
    }
  }
}
