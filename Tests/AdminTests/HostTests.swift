import Admin
import Settings
import Testing

/// DNS rebinding: a page whose own name was made to point here gets nothing.
@Suite struct HostTests {
  @Test(arguments: [
    "localhost", "localhost:8080", "LOCALHOST:1", "app.localhost", "127.0.0.1", "127.0.0.1:8080",
    "192.168.1.20:8080", "[::1]", "[::1]:8080", "[fe80::1]", "[::ffff:127.0.0.1]:80", "proxy.lan:8080",
    "Proxy.LAN",
  ])
  func `names and addresses of this machine are answered`(host: String) async {
    let fixture = SiteFixture { $0.webAdmin.allowedHosts = ["proxy.lan"] }
    for path in ["/admin/api/session", "/admin/", "/metrics"] {
      #expect(await fixture.ask(path, host: host).status == 200, "\(path)")
    }
  }

  static let strangers = [
    "evil.example", "evil.example:8080", "1.2.3.4.evil.example", "127.0.0.1.nip.io", "localhost.evil.example",
    "evillocalhost", "localhost:8080@evil.example", "user@127.0.0.1", "127.0.0.1:8080:80", "127.0.0.1:",
    "127.0.0.1:x", "127.0.0.1:99999", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.0.0.256",
    "127.0.0.1.", "127.0.0.1.5", "127.0.0", ".localhost.", "localhost.", "１２７.0.0.1", "127。0。0。1",
    "[::1", "::1", "[::1]x", "[::1].evil.example", "[127.0.0.1]", "[evil.example]", "[fe80::1%25eth0]",
    "localhost evil.example", "localhost,evil.example", "localhost/", "", " ", "*.localhost/", "ℓocalhost",
    "proxy.lan.evil.example", "xproxy.lan",
  ]

  @Test(arguments: strangers)
  func `every other host is refused`(host: String) async {
    let fixture = SiteFixture { $0.webAdmin.allowedHosts = ["proxy.lan"] }
    for path in ["/admin/api/session", "/admin/", "/admin/api/openapi.json", "/metrics", "/admin/nothing"] {
      let answer = await fixture.ask(path, host: host)
      #expect(answer.status == 403 && answer.errorCode == "forbidden", "\(path)")
    }
  }

  @Test func `a request without a host is refused`() async {
    #expect(await SiteFixture().ask("/admin/api/session", host: nil).status == 403)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.8.9.1", true), ("localhost", true), ("::1", true), ("[::1]", true),
    ("0.0.0.0", false), ("::", false), ("192.168.1.2", false), ("127.evil.example", false), ("::2", false),
  ])
  func `only loopback needs no password`(host: String, isLoopback: Bool) {
    #expect(HostName(listening: host)?.isLoopback == isLoopback)
  }
}
