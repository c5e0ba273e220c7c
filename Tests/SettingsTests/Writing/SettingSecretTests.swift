import Settings
import Testing

/// Secrets go in and never come out.
@Suite struct SettingSecretTests {
  private let text = """
    server: {auth_token: tok-HUNTER2HUNTER2-end}
    web_admin: {password_hash: "scrypt$HUNTER2HUNTER2$last"}
    endpoints:
    - name: a
      url: https://a.test
      auth_type: api_key
      auth_value: sk-HUNTER2HUNTER2-last  # the key
      oauth_config: {access_token: at-HUNTER2HUNTER2-end, refresh_token: "rt-HUNTER2HUNTER2-end", client_id: c}
      proxy: {type: http, address: "a:1", username: me, password: pw-HUNTER2HUNTER2-end}
      header_overrides:
        Authorization: Bearer HUNTER2HUNTER2-end
        X-Api-Key: HUNTER2
        cookie: "a=HUNTER2HUNTER2HUNTER2"
        x-team: blue
        x-gone:
    - {name: b, url: "https://b.test", auth_type: auth_token, auth_value: "${KEY}"}
    - {name: d, <<: {auth_value: dk-HUNTER2HUNTER2-end}}
    - {name: e, auth_value: [HUNTER2], oauth_config: {access_token: 12345678901234}}
    - {name: f, auth_value: "${KEY:HUNTER2HUNTER2}"}

    """

  @Test func `nothing that is shown contains a secret`() throws {
    let editor = try SettingsEditor(text: text)
    let shown = try #require(editor.shown(at: SettingPath())).json
    #expect(!shown.contains("HUNTER2") && !shown.contains("12345678901234"), "\(shown)")
    #expect(editor.shown(at: SettingPath("server", "auth_token"))?.json == #"{"secret":"tok…-end"}"#)
    #expect(editor.shown(at: .endpoint("a").key("auth_value"))?.json == #"{"secret":"sk-…last"}"#)
    #expect(editor.shown(at: .endpoint("b").key("auth_value"))?.json == #"{"secret":"${KEY}"}"#)
    #expect(
      editor.shown(at: .endpoint("a").key("header_overrides"))?.json
        == #"{"Authorization":{"secret":"Bea…-end"},"X-Api-Key":{"secret":"…"},"#
        + #""cookie":{"secret":"a=H…TER2"},"x-team":"blue","x-gone":null}"#)
    #expect(!editor.writtenPaths.joined().contains("HUNTER2"))
  }

  @Test func `an endpoint that is sent back as it was shown stays byte for byte`() throws {
    for name in ["a", "b", "d", "f"] {
      let editor = try SettingsEditor(text: text)
      let shown = try #require(editor.shown(at: .endpoint(name)))
      #expect(try edited(text, .replace(.endpoint(name), shown)) == text, "\(name)")
    }
  }

  @Test func `a secret that is left out stays, one that is sent is set, null removes it`() throws {
    let endpoint = SettingPath.endpoint("a")
    var map = try #require(try SettingsEditor(text: text).shown(at: endpoint)?.map)
    map["auth_value"] = nil
    #expect(try edited(text, .replace(endpoint, .map(map))) == text)
    map["auth_value"] = .text("new")
    #expect(
      try edited(text, .replace(endpoint, .map(map)))
        == text.replacing("sk-HUNTER2HUNTER2-last  # the key", with: "new  # the key"))
    map["auth_value"] = .null
    #expect(
      try edited(text, .replace(endpoint, .map(map)))
        == text.replacing("  auth_value: sk-HUNTER2HUNTER2-last  # the key\n", with: ""))
    #expect(
      try edited(text, .replace(SettingPath("server", "auth_token"), .map(["secret": .text("tok…-end")])))
        == text)
  }

  @Test func `the mask of another secret is refused`() throws {
    let path = SettingPath.endpoint("a").key("auth_value")
    for mask in ["sk-…LAST", "${KEY}", ""] {
      #expect(throws: SettingsEditError.self) {
        _ = try edited(text, .replace(path, .map(["secret": .text(mask)])))
      }
    }
    let new = SettingValue.map(["name": .text("n"), "auth_value": .map(["secret": .text("${KEY}")])])
    #expect(throws: SettingsEditError.self) {
      _ = try edited(text, .insert(SettingPath("endpoints"), new, at: nil))
    }
  }

  @Test func `a copy has the secrets of its original`() throws {
    let copy = try edited(text, .copy(.endpoint("b"), as: "c"))
    #expect(copy.contains("auth_value: ${KEY}\n") && copy.contains("name: c\n"))
  }

  @Test func `null in overrides deletes a header and is no removal of its key`() throws {
    let path = SettingPath.endpoint("a").key("header_overrides")
    var map = try #require(try SettingsEditor(text: text).shown(at: path)?.map)
    map["x-team"] = .null
    #expect(
      try edited(text, .replace(path, .map(map))) == text.replacing("x-team: blue", with: "x-team: null"))
  }

  @Test func `no error shows a secret`() throws {
    let bad: [SettingsEdit] = [
      .set(.endpoint("a").key("auth_value").key("x"), .int(1)), .remove(.endpoint("sk-HUNTER2HUNTER2-last")),
      .set(SettingPath("server", "auth_token", "sk-HUNTER2HUNTER2"), .int(1)),
      .replace(.endpoint("a").key("auth_value"), .map(["secret": .text("HUNTER2")])),
    ]
    for edit in bad {
      #expect {
        _ = try edited(text, edit)
      } throws: { error in
        !"\(error)".contains("HUNTER2") && error is SettingsEditError
      }
    }
  }
}
