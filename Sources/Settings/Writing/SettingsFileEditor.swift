import Synchronization

/// Changes the configuration file: checked before it is written, whole or not at all.
///
/// The version before stays beside it as `config.yaml.bak`. Calls are made one after the other and block.
package final class SettingsFileEditor: Sendable {
  /// The file as it is now.
  package struct Version: Sendable {
    package var editor: SettingsEditor
    /// Tells this text from every other one.
    package var revision: String
  }

  /// The file after a change.
  package struct Change: Sendable {
    /// To be put in force.
    package var loaded: LoadedSettings
    package var version: Version
  }

  private let file: String
  private let environment: [String: String]
  private let demands: @Sendable (Settings) -> [Diagnostic]
  private let beforeReplacing: @Sendable () -> Void
  /// Held during a change.
  private let turn = Mutex(())

  /// - Parameters:
  ///   - environment: for variables, as `Settings.load` gets it.
  ///   - beforeReplacing: runs when the new file is written but not in its place yet.
  ///   - demands: what else makes a configuration unusable for the running program.
  package init(
    file: String, environment: [String: String],
    beforeReplacing: @escaping @Sendable () -> Void = {},
    demands: @escaping @Sendable (Settings) -> [Diagnostic] = { _ in [] }
  ) {
    self.file = file
    self.environment = environment
    self.demands = demands
    self.beforeReplacing = beforeReplacing
  }

  /// Reads the file; without one, the text a first start would write.
  package func read() throws(SettingsEditError) -> Version { try current().version }

  /// Makes changes, all or none, and writes the file unless it stays the same.
  ///
  /// - Parameter revision: of the version the changes were made for; nil for whatever is there.
  /// - Throws: `invalid` with what is wrong with the configuration as it would be, `conflict` when the file is not
  ///   that of `revision` any more.
  @discardableResult
  package func apply(
    _ edits: [SettingsEdit], revision: String? = nil
  ) throws(SettingsEditError) -> Change {
    let result = turn.withLock { _ in
      Result { () throws(SettingsEditError) in try change(edits, revision) }
    }
    return try result.get()
  }

  /// What the file would say with these changes; nothing is written.
  package func trial(_ edits: [SettingsEdit]) throws(SettingsEditError) -> LoadedSettings {
    var editor = try current().version.editor
    for edit in edits { try editor.apply(edit) }
    return try check(editor.text)
  }

  private func change(_ edits: [SettingsEdit], _ revision: String?) throws(SettingsEditError) -> Change {
    let before = try current()
    guard revision == nil || revision == before.version.revision else { throw .conflict }
    var editor = before.version.editor
    for edit in edits { try editor.apply(edit) }
    let loaded = try check(editor.text)
    let bytes = before.mark + Array(editor.text.utf8)
    if bytes != before.bytes { try write(bytes, over: before.bytes) }
    var contents = loaded.contents
    contents.updateValue(bytes, forKey: file)
    return Change(
      loaded: LoadedSettings(settings: loaded.settings, notices: loaded.notices, contents: contents),
      version: Version(editor: editor, revision: Self.revision(of: bytes)))
  }

  private func write(_ bytes: [UInt8], over old: [UInt8]?) throws(SettingsEditError) {
    let isReplaced: Bool
    do throws(FileFault) {
      isReplaced = try SettingsFile.replace(file, old, with: bytes, beforeReplacing)
    } catch {
      throw .file(path: file, reason: "the file cannot be written: \(error.reason)")
    }
    guard isReplaced else { throw .conflict }
  }

  private func check(_ text: String) throws(SettingsEditError) -> LoadedSettings {
    let loaded: LoadedSettings
    do throws(SettingsError) {
      loaded = try Settings.load(text: text, file: file, environment: environment)
    } catch {
      throw .invalid(error)
    }
    let unmet = demands(loaded.settings)
    guard unmet.isEmpty else { throw .invalid(SettingsError(diagnostics: unmet)) }
    return loaded
  }

  /// What is there now.
  private struct Current {
    var version: Version
    /// Nil without a file.
    var bytes: [UInt8]?
    /// The byte order mark, if there is one.
    var mark: [UInt8] = []
  }

  private func current() throws(SettingsEditError) -> Current {
    let bytes: [UInt8]?
    do throws(FileFault) {
      bytes = try SettingsFile.read(file)
    } catch {
      guard error.isMissingFile else {
        throw .file(path: file, reason: "the file cannot be read: \(error.reason)")
      }
      bytes = nil
    }
    let all = bytes ?? Array(Settings.defaultFileText.utf8)
    let mark: [UInt8] = all.starts(with: [0xEF, 0xBB, 0xBF]) ? [0xEF, 0xBB, 0xBF] : []
    guard let text = String(validating: all.dropFirst(mark.count), as: UTF8.self) else {
      throw .refused(path: file, reason: "the file is not UTF-8 text")
    }
    let version = Version(editor: try SettingsEditor(text: text), revision: Self.revision(of: all))
    return Current(version: version, bytes: bytes, mark: mark)
  }

  /// FNV-1a with the length: it need not withstand anybody, only tell versions apart.
  private static func revision(of bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16) + "-" + String(bytes.count, radix: 16)
  }
}
