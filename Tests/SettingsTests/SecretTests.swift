import Settings
import Stages
import Testing

/// No secret may appear in what people paste into bug reports.
@Suite struct SecretTests {
  /// Every kind of secret with the same marker in its middle.
  private let secrets = """
    server: {auth_token: tok-HUNTER2HUNTER2-end}
    endpoints:
    - {name: a, url: "https://a.test", auth_type: api_key, auth_value: "${KEY}"}
    - {name: b, url: "https://a.test", auth_type: auth_token, auth_value: sk-HUNTER2HUNTER2-end}
    - {name: c, url: "https://a.test", auth_type: custom, auth_value: Basic HUNTER2HUNTER2-end}
    - name: d
      url: https://a.test
      auth_type: oauth
      oauth_config: {access_token: at-HUNTER2HUNTER2-end, refresh_token: rt-HUNTER2HUNTER2-end}
      proxy: {type: http, address: "a:1", username: me, password: pw-HUNTER2HUNTER2-end}
      header_overrides: {Authorization: Bearer HUNTER2HUNTER2-end, X-Api-Key: HUNTER2, x-team: blue}
    """

  @Test func `the effective settings show secrets by their ends only`() throws {
    let text = try load(secrets, ["KEY": "sk-HUNTER2HUNTER2-last"]).settings.redactedText
    #expect(!text.contains("HUNTER2"))
    #expect(text.contains("auth_value: \"sk-…last\""))
    #expect(text.contains("auth_token: \"tok…-end\""))
    #expect(text.contains("X-Api-Key: \"…\""))
    #expect(text.contains("x-team: \"blue\""))
  }

  @Test func `settings printed by accident show no secret of an endpoint's credential`() throws {
    let settings = try load(secrets, ["KEY": "sk-HUNTER2HUNTER2-last"]).settings
    for endpoint in settings.endpoints {
      #expect(!"\(endpoint.credential)".contains("HUNTER2"))
      #expect(!String(reflecting: endpoint.proxy).contains("HUNTER2"))
    }
    #expect(!"\(settings.server)".contains("HUNTER2"))
  }

  @Test(arguments: [
    // A secret where something else belongs.
    "endpoints: [{name: a, url: \"https://a.test\", auth_type: sk-ant-HUNTER2HUNTER2}]",
    "endpoints: [{name: a, url: \"https://a.test\", endpoint_type: \"Bearer HUNTER2HUNTER2\"}]",
    "endpoints: [{name: a, url: \"https://me:HUNTER2@a.test\", auth_type: none}]",
    "endpoints: [{name: a, url: \"me:HUNTER2@a.test\", auth_type: none}]",
    "endpoints: [{name: a, url: \"https://a.test?key=HUNTER2\", auth_type: none}]",
    "server: {port: aHUNTER2HUNTER2z}", "server: {port: \"${PORT:aHUNTER2}\"}", "server: {port: \"${KEY}\"}",
    "server: {sk-ant-HUNTER2HUNTER2: x}", "sk-ant-HUNTER2HUNTER2",
    // A secret that is wrong itself.
    "endpoints: [{name: a, url: \"https://a.test\", auth_type: api_key, auth_value: \"HUNTER2\\n\"}]",
    "endpoints: [{name: a, url: \"https://a.test\", auth_type: api_key, auth_value: [HUNTER2]}]",
    "endpoints: [{name: a, endpoint_type: demo, proxy: {type: http, address: \"me:HUNTER2@a:1\"}}]",
    "endpoints: [{name: a, endpoint_type: demo, header_overrides: {x: \"HUNTER2\\n\"}}]",
    // A secret near broken YAML.
    "endpoints:\n- auth_value: HUNTER2\n  auth_value: HUNTER2", "auth_value: HUNTER2\n\tx: y",
    "auth_value: \"HUNTER2", "{auth_value: HUNTER2",
  ])
  func `no diagnostic quotes a secret`(_ yaml: String) {
    let told = diagnostics(yaml, ["KEY": "HUNTER2"])
    #expect(!told.isEmpty)
    #expect(!told.joined().contains("HUNTER2"), "\(told)")
  }
}
