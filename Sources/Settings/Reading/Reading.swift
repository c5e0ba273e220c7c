import Pipeline

/// Where something stands in the file, and its name from the root down.
struct Place {
  var line: Int?
  var column: Int?
  var path: String

  /// The place of a key of the mapping here, without a position of its own.
  func appending(key: String) -> Place {
    Place(line: line, column: column, path: path.isEmpty ? key : "\(path).\(key)")
  }
}

/// One reading of a configuration file: what the decoders of all sections share.
///
/// Decoders report what they find wrong and go on with a default, so that one reading finds everything.
final class Reading {
  let file: String
  let environment: [String: String]
  private(set) var diagnostics: [Diagnostic] = []
  /// Every file that was looked at with its bytes; nil for one that could not be read.
  private(set) var contents: [String: [UInt8]?] = [:]

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  init(file: String, environment: [String: String]) {
    self.file = file
    self.environment = environment
  }

  /// Adds a diagnostic unless the same was added before (a value may be read twice).
  func report(
    _ severity: Diagnostic.Severity, at place: Place, _ message: String, suggestion: String? = nil
  ) {
    let diagnostic = Diagnostic(
      severity: severity, file: file, line: place.line, column: place.column, path: place.path,
      message: message, suggestion: suggestion)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  /// The text of a file; nil, reported at `place`, when it cannot be read or is no UTF-8.
  func text(ofFile path: String, for place: Place) -> String? {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try SettingsFile.read(path)
    } catch {
      contents.updateValue(nil, forKey: path)
      let name = path == file ? "the file" : "\"\(path)\""
      report(.error, at: place, "\(name) cannot be read: \(error.reason)")
      return nil
    }
    contents.updateValue(bytes, forKey: path)
    // A byte order mark is not part of the text.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    guard let decoded = String(validating: text, as: UTF8.self) else {
      report(.error, at: place, "the file is not UTF-8 text")
      return nil
    }
    return decoded
  }

  /// A path as written in the configuration: relative ones start at the directory of the configuration file.
  func resolve(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }

  /// The diagnostics in the order of the file, those without a place first.
  var sortedDiagnostics: [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      return (a.line ?? 0, a.column ?? 0, left.offset) < (b.line ?? 0, b.column ?? 0, right.offset)
    }.map(\.element)
  }
}
