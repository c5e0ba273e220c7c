import Settings
import Testing

/// Files as people write them, and what a change must make of them.
@Suite struct EditorTests {
  @Test(arguments: EditCase.values + EditCase.keys + EditCase.elements + EditCase.lists + EditCase.sharing)
  func `a change touches what it concerns and nothing else`(_ change: EditCase) throws {
    #expect(try change.run() == change.result)
  }

  @Test(arguments: EditCase.values + EditCase.keys + EditCase.elements + EditCase.lists)
  func `line ends of Windows stay`(_ change: EditCase) throws {
    // Without a line there is nothing to go by.
    guard !change.text.isEmpty else { return }
    var windows = change
    windows.text = change.text.replacing("\n", with: "\r\n")
    #expect(try windows.run() == change.result.replacing("\n", with: "\r\n"))
  }

  @Test(arguments: EditCase.values + EditCase.keys + EditCase.elements + EditCase.lists)
  func `a file without a line end at its end gets none`(_ change: EditCase) throws {
    guard change.text.hasSuffix("\n"), change.result.hasSuffix("\n"), change.result.count > 1 else { return }
    var open = change
    open.text.removeLast()
    let result = try open.run()
    #expect(result == change.result.dropLast() || result == change.result)
  }

  @Test func `an edit that changes nothing leaves the text alone`() throws {
    let text = "a:   1   # one\nb: {c: 'x'}\n"
    #expect(try edited(text, .set("a", .int(1)), .set("b.c", .text("x")), .remove("z.y")) == text)
  }

  @Test(arguments: [
    ("a: &x {b: 1}\nc: *x\n", SettingsEdit.set("a.b", .int(2))),
    ("a: &x {b: 1}\nc: *x\n", .remove("a")),
    ("a: &x {b: 1}\nc: {<<: *x}\n", .remove("c.b")),
    ("a: text\n", .set("a.b", .int(1))),
    // The parser would take it for the mark of an encoding.
    ("a: text\n", .set("a", .text("\u{FEFF}b"))),
    ("- a\n", .set("b", .int(1))),
    ("a:\n- - b\n  - c\n", .order(SettingPath([.key("a"), .index(0)]), [1, 0])),
  ])
  func `what cannot be done safely is refused and leaves the text alone`(
    _ text: String, _ edit: SettingsEdit
  ) throws {
    var editor = try SettingsEditor(text: text)
    #expect { try editor.apply(edit) } throws: { error in
      if case SettingsEditError.refused = error { true } else { false }
    }
    #expect(editor.text == text)
  }

  @Test(arguments: ["? a\n: b\n", "a: [b: c]\n"])
  func `a rare notation is refused before anything is changed`(_ text: String) {
    #expect { _ = try SettingsEditor(text: text) } throws: { error in
      if case SettingsEditError.refused(let path, _) = error { path == "line 1" } else { false }
    }
  }

  @Test func `a text that is no YAML is refused with the diagnostics of its reader`() {
    #expect { _ = try SettingsEditor(text: "a: [1\nb: 2\n") } throws: { error in
      if case SettingsEditError.invalid(let error) = error { !error.diagnostics.isEmpty } else { false }
    }
  }

  @Test func `paths that lead nowhere are told`() throws {
    let text = "endpoints:\n- name: a\n"
    let edits: [SettingsEdit] = [
      .remove(.endpoint("b")), .replace(.endpoint("b"), .map(["name": .text("b")])),
      .order(SettingPath("endpoints"), [1]), .prioritise(SettingPath("endpoints"), ["b"]),
      .copy(.endpoint("b"), as: "c"), .insert(SettingPath("endpoints"), .map(["name": .text("c")]), at: 5),
    ]
    for edit in edits {
      #expect(throws: SettingsEditError.self, "\(edit)") { _ = try edited(text, edit) }
    }
  }

  @Test func `two elements never get the same name`() throws {
    let text = "endpoints:\n- name: a\n- name: b\n"
    let a = SettingValue.map(["name": .text("a")])
    let taken = SettingsEditError.taken(path: "endpoints", name: "a")
    for edit in [
      SettingsEdit.insert(SettingPath("endpoints"), a, at: nil), .replace(.endpoint("b"), a),
      .copy(.endpoint("b"), as: "a"),
    ] {
      #expect(throws: taken) { _ = try edited(text, edit) }
    }
    #expect(try edited(text, .replace(.endpoint("a"), a)) == text)
  }

  @Test(arguments: [
    "", "yes", "No", "null", "~", "12", "-1", "1.5", "1e3", "0x1F", "0o7", "1_000", ".inf", "2020-01-01",
    "1:30",
    " a", "a ", "a: b", "a #b", "a:", "#a", "- a", "-", "?", "*a", "&a", "!a", "@a", "`a", "%a", "|", ">",
    "'a",
    "\"a", "[a]", "{a}", "a, b", "a\tb", "a\nb", "a\nb\n", "a\n\nb\n\n", "\n", "\na", " a\nb", "a\n \nb",
    "a\n ",
    "a\r\nb", "\u{7F}", "\u{85}", "\u{2028}", "a\u{FEFF}", "\u{1}", "é", "日本語", "👩‍💻", "${A}", "${A:b c}",
    "a${B}c",
    "https://a.test:80/x?y=z", "claude-*", "127.0.0.1", "30s", "5xx", "500-504", "...", "---", "<<", "=", "y",
    "\\", "a\\nb", "\"", "true", "False", "on", "a'b", "$${x}", "::1", "k=v", "日本: x",
  ])
  func `every text is read as itself wherever it is written`(_ text: String) throws {
    let texts = [
      "a: 1 # c\nz: 1\n", "a:\n  b: 1\nz: 1\n", "a:\nz: 1\n", "{a: 1, z: 1}\n", "a: |\n  x\nz: 1\n", "z: 1\n",
      "a: {}\nz: 1\n", "z: 1", "a: \"x\n  y\"\nz: 1\n", "a:\n  x\nz: 1\n",
    ]
    for before in texts {
      let changed = try SettingsEditor(text: try edited(before, .set("a", .text(text))))
      #expect(changed.shown(at: SettingPath("a")) == .text(text), "\(before)")
      #expect(changed.shown(at: SettingPath("z")) == .int(1))
      // As a key it is always the merge key.
      if text == "<<" { continue }
      let keyed = try SettingsEditor(text: try edited(before, .set(SettingPath("m", text), .int(5))))
      #expect(keyed.shown(at: SettingPath("m")) == .map([text: .int(5)]), "\(before)")
    }
    let listed = try edited("l:\n- name: x\n", .insert(SettingPath("l"), .text(text), at: 0))
    #expect(try SettingsEditor(text: listed).shown(at: SettingPath([.key("l"), .index(0)])) == .text(text))
  }
}
