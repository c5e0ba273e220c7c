import Settings

/// The text after changes.
func edited(_ text: String, _ edits: SettingsEdit...) throws(SettingsEditError) -> String {
  var editor = try SettingsEditor(text: text)
  for edit in edits { try editor.apply(edit) }
  return editor.text
}

/// A change of one text and what must come out, byte for byte.
struct EditCase: Sendable, CustomStringConvertible {
  var name: String
  var text: String
  var edits: [SettingsEdit]
  var result: String
  var description: String { name }

  init(_ name: String, _ text: String, _ edits: SettingsEdit..., result: String) {
    (self.name, self.text, self.edits, self.result) = (name, text, edits, result)
  }

  func run() throws(SettingsEditError) -> String {
    var editor = try SettingsEditor(text: text)
    for edit in edits { try editor.apply(edit) }
    return editor.text
  }
}

extension SettingsEdit {
  static func set(_ dotted: String, _ value: SettingValue) -> SettingsEdit {
    .set(SettingPath(dotted: dotted), value)
  }

  static func remove(_ dotted: String) -> SettingsEdit { .remove(SettingPath(dotted: dotted)) }
}
