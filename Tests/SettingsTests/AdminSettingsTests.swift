import Pipeline
import Settings
import Testing

/// The keys of the admin side.
@Suite struct AdminSettingsTests {
  private func read(_ text: String) throws -> Settings {
    try load("endpoints: [{name: demo, endpoint_type: demo}]\n" + text).settings
  }

  @Test func `the keys of web_admin are read and shown again, the hash by its ends`() throws {
    let settings = try read(
      "web_admin: {enabled: yes, password_hash: \"$scrypt$salt$0123456789\", allowed_hosts: [A.Test, \"[::1]\"],"
        + " metrics: off}")
    #expect(settings.webAdmin.passwordHash?.exposed == "$scrypt$salt$0123456789")
    #expect(settings.webAdmin.allowedHosts == ["a.test", "[::1]"])
    #expect(!settings.webAdmin.metrics)
    #expect(settings.redactedText.contains("password_hash: \"$sc…6789\""))
    var again = try load(settings.redactedText).settings
    again.webAdmin.passwordHash = settings.webAdmin.passwordHash
    #expect(again == settings)
  }

  @Test func `paths of a certificate start beside the configuration file`() throws {
    let text =
      "server: {tls: {certificate: tls/a.pem, key: /etc/k.pem}}\nendpoints: [{name: d, endpoint_type: demo}]"
    let settings = try Settings.load(text: text, file: "/srv/config.yaml", environment: [:]).settings
    #expect(settings.server.tls == Settings.Server.TLS(certificate: "/srv/tls/a.pem", key: "/etc/k.pem"))
    #expect(try load(settings.redactedText).settings == settings)
    #expect(try read("server: {port: 1}").server.tls == nil)
  }

  @Test func `limits for all endpoints are shown again`() throws {
    let settings = try read("timeouts: {progress: 2m, overall_request: 10m, tls_handshake: 0}")
    #expect(settings.timeouts.progress == .seconds(120) && settings.timeouts.total == .seconds(600))
    #expect(settings.redactedText.contains("\n  progress: 2m\n  overall_request: 10m\n"))
    #expect(try load(settings.redactedText).settings == settings)
  }
}
