import Foundation
import Yams

/// Settings that can be used, and what the user should know about their file.
package struct LoadedSettings: Sendable {
  package var settings: Settings
  /// Warnings in the order of the file.
  package var notices: [Diagnostic]
  /// The files the settings came from: the configuration and the scripts of its rules.
  package var files: [String] { contents.keys.sorted() }
  /// The bytes of those files; nil for one that could not be read.
  let contents: [String: [UInt8]?]
}

extension Settings {
  /// Reads and checks a configuration file.
  ///
  /// All problems are found in one go. Blocks while it reads the file and the scripts it names.
  package static func load(
    file: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SettingsError) -> LoadedSettings {
    try LoadAttempt(file: file, environment: environment).result.get()
  }

  /// Checks a configuration that is not (yet) in its file; relative script paths start beside `file`.
  package static func load(
    text: String, file: String, environment: [String: String]
  ) throws(SettingsError) -> LoadedSettings {
    try LoadAttempt(text: text, reading: Reading(file: file, environment: environment)).result.get()
  }
}

/// One reading of a configuration file, whether it worked or not.
struct LoadAttempt {
  let result: Result<LoadedSettings, SettingsError>
  let contents: [String: [UInt8]?]

  init(file: String, environment: [String: String]) {
    let reading = Reading(file: file, environment: environment)
    let text = reading.text(ofFile: file, for: Place(path: ""))
    self.init(text: text, reading: reading)
  }

  /// - Parameter text: nil when it could not be read, which was reported.
  init(text: String?, reading: Reading) {
    let settings = text.flatMap { reading.mapping(of: $0, Settings.init) } ?? Settings()
    let diagnostics = reading.sortedDiagnostics
    contents = reading.contents
    result =
      reading.hasErrors
      ? .failure(SettingsError(diagnostics: diagnostics))
      : .success(LoadedSettings(settings: settings, notices: diagnostics, contents: contents))
  }
}

extension Reading {
  /// Reads the mapping a YAML text consists of; what is wrong with the text is reported.
  func mapping<Result>(of text: String, _ decode: (Mapping) -> Result?) -> Result? {
    let start = Place(line: 1, column: 1, path: "")
    do {
      // An empty file, or one of comments only, has no root.
      let root = try compose(yaml: text).map { Value(node: $0, place: start, reading: self) }
      if let root, !root.isNull { return root.mapping(decode) }
      return decode(Mapping(Node.Mapping([(Node, Node)]()), at: start, reading: self))
    } catch let error as YamlError {
      report(error, in: text)
    } catch {
      report(.error, at: start, "the file cannot be parsed")
    }
    return nil
  }
}

extension Reading {
  /// Reports a fault of the YAML itself. Its own description is not used: it quotes the file, secrets included.
  fileprivate func report(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let line =
        text.split(
          maxSplits: max(1, mark.line), omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .dropFirst(max(1, mark.line) - 1).first ?? ""
      let context = context.map { " \($0.text) that starts at line \($0.mark.line)" } ?? ""
      let hasTab = line.prefix { $0 == " " || $0 == "\t" }.contains("\t")
      // Within braces or brackets a word cannot contain a brace.
      let hasVariable = line.prefix(mark.column).hasSuffix("${")
      report(
        .error, at: Place(line: mark.line, column: mark.column, path: ""),
        "this is not YAML: \(problem)\(context)",
        suggestion: hasTab
          ? "indent with spaces, not tabs" : hasVariable ? "put the text with ${ in quotes" : nil)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map { "\"\(masked($0))\"" }.sorted().joined(separator: ", ")
      report(
        .error, at: Place(line: context.mark.line, column: context.mark.column, path: ""),
        "given more than once in the same mapping: \(keys)")
    case .reader(let problem, _, _, _):
      report(.error, at: Place(line: 1, column: 1, path: ""), "this is not YAML: \(problem)")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      report(.error, at: Place(line: 1, column: 1, path: ""), "the file cannot be parsed")
    }
  }
}
