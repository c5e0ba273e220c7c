/// What the settings page shows: the values in force, those without a file, and what the file says.
package struct SettingsOverview: Sendable, Equatable {
  /// The sections that can be changed there, in their order.
  package static let sectionNames = [
    "server", "selection", "failover", "timeouts", "tagging", "logging", "validation", "web_admin", "i18n",
  ]
  /// Keys without a default: null when they are not set.
  private static let optional = [
    "server.auth_token", "server.tls", "failover.hedge_after", "failover.budget", "web_admin.password_hash",
    "i18n.locales_path",
  ]

  /// Section → key → value; durations and words are texts, secrets are `{"secret": …}`.
  package var sections: SettingValue
  /// The same of a file that says nothing.
  package var defaults: SettingValue
  /// The paths that are written in the file, outside these sections too.
  package var written: [String]

  /// - Parameters:
  ///   - settings: in force.
  ///   - editor: of the file they came from.
  package init(_ settings: Settings, _ editor: SettingsEditor) throws(SettingsEditError) {
    sections = try Self.sections(of: settings, editor)
    defaults = try Self.sections(of: Settings(), nil)
    written = editor.writtenPaths
  }

  private static func sections(
    of settings: Settings, _ editor: SettingsEditor?
  ) throws(SettingsEditError) -> SettingValue {
    let all = try SettingsEditor(text: settings.redactedText).value(at: SettingPath())
    var sections = SettingMap()
    for name in sectionNames { sections[name] = all?.map?[name] ?? .map([:]) }
    if var tagging = sections["tagging"]?.map {
      tagging["taggers"] = nil
      sections["tagging"] = .map(tagging)
    }
    var result = SettingValue.map(sections)
    for path in optional.map(SettingPath.init(dotted:)) where result[path: path] == nil {
      result = result.applying(.set(.null), at: path.steps[...]) ?? result
    }
    return shown(result, editor, at: SettingPath())
  }

  /// What the outline of the settings wrote, with secrets as the file has them.
  private static func shown(
    _ value: SettingValue, _ editor: SettingsEditor?, at path: SettingPath
  ) -> SettingValue {
    if SettingSecrets.contains(path), value != .null {
      // The outline has masked it already.
      return editor?.shown(at: path) ?? .map(["secret": value])
    }
    switch value {
    case .map(let map):
      return .map(SettingMap(map.entries.map { ($0.key, shown($0.value, editor, at: path.key($0.key))) }))
    case .list(let list):
      return .list(list.enumerated().map { shown($0.element, editor, at: path.index($0.offset)) })
    // The outline protects what looks like a variable from being expanded.
    case .text(let text): return .text(text.replacing("$${", with: "${"))
    case .null, .bool, .int, .double: return value
    }
  }
}

extension SettingsEdit {
  /// The changes a PATCH asks for: dotted paths with values, null for those that get their default again.
  ///
  /// Whether there are such keys is for the check of the whole configuration to say.
  package static func changes(_ values: SettingMap) -> [SettingsEdit] {
    values.entries.map { path, value in
      let path = SettingPath(dotted: path)
      return value == .null ? .remove(path) : .replace(path, value)
    }
  }
}
