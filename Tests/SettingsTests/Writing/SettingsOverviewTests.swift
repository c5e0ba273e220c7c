import Settings
import Testing

@Suite struct SettingsOverviewTests {
  private func overview(_ text: String, _ environment: [String: String] = [:]) throws -> SettingsOverview {
    try SettingsOverview(try load(text, environment).settings, try SettingsEditor(text: text))
  }

  @Test func `values in force, defaults and what is written`() throws {
    let overview = try overview(
      """
      server: {port: 9000, auth_token: "${TOKEN}", tls: {certificate: a.pem, key: /k.pem}}
      endpoints: [{name: demo, endpoint_type: demo}]
      failover: {hedge_after: 90, rules: [{body: "$${x}", action: retry}]}
      timeouts: {progress: 2m}
      tagging: {taggers: []}
      """, ["TOKEN": "tok-0123456789"])
    let sections = overview.sections
    #expect(sections.map?.keys == SettingsOverview.sectionNames)
    #expect(overview.defaults.map?.keys == SettingsOverview.sectionNames)
    #expect(sections[path: SettingPath("server", "port")] == .int(9000))
    #expect(overview.defaults[path: SettingPath("server", "port")] == .int(8080))
    #expect(sections[path: SettingPath("server", "auth_token")] == .map(["secret": .text("${TOKEN}")]))
    #expect(overview.defaults[path: SettingPath("server", "auth_token")] == .null)
    #expect(sections[path: SettingPath("server", "tls", "key")] == .text("/k.pem"))
    #expect(sections[path: SettingPath("failover", "hedge_after")] == .text("1m30s"))
    #expect(overview.defaults[path: SettingPath("failover", "hedge_after")] == .null)
    #expect(sections[path: SettingPath("timeouts", "progress")] == .text("2m"))
    #expect(sections[path: SettingPath("tagging")]?.map?.keys == ["enabled", "pipeline_timeout"])
    #expect(
      sections[path: SettingPath([.key("failover"), .key("rules"), .index(0), .key("body")])] == .text("${x}")
    )
    #expect(
      overview.written == [
        "server.port", "server.auth_token", "server.tls.certificate", "server.tls.key", "endpoints",
        "failover.hedge_after", "failover.rules", "timeouts.progress", "tagging.taggers",
      ])
  }

  @Test func `no secret is shown, wherever it came from`() throws {
    let overview = try overview(
      """
      server: {auth_token: "tok-HUNTER2HUNTER2-end"}
      web_admin: {password_hash: "$HUNTER2HUNTER2$HUNTER2"}
      endpoints: [{name: demo, endpoint_type: demo}]
      """)
    #expect(!overview.sections.json.contains("HUNTER2HUNTER2"))
    #expect(overview.sections[path: SettingPath("server", "auth_token")]?.json == #"{"secret":"tok…-end"}"#)
  }

  @Test func `the values shown can be sent back and change nothing`() throws {
    let text = Settings.defaultFileText
    let shown = try overview(text)
    var editor = try SettingsEditor(text: text)
    let before = try load(text).settings
    for (section, value) in shown.sections.map?.entries ?? [] {
      for (key, value) in value.map?.entries ?? [] where key != "rules" {
        try editor.apply(.replace(SettingPath(section, key), value))
      }
    }
    #expect(try load(editor.text).settings == before)
  }

  @Test func `a patch becomes changes, null the default again`() throws {
    let text = "failover: {resume: text}\nendpoints: [{name: demo, endpoint_type: demo}]\n"
    let patch = try SettingValue(
      json: #"{"failover.resume":null,"server.port":8081,"i18n.enabled":false}"#.utf8Bytes)
    var editor = try SettingsEditor(text: text)
    for edit in SettingsEdit.changes(try #require(patch.map)) { try editor.apply(edit) }
    #expect(
      editor.text
        == "failover: {}\nendpoints: [{name: demo, endpoint_type: demo}]\nserver:\n  port: 8081\ni18n:\n  enabled: false\n"
    )
  }
}

extension String {
  fileprivate var utf8Bytes: ArraySlice<UInt8> { ArraySlice(utf8) }
}
