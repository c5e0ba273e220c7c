import HTTPTypes
import Pipeline
import Settings
import Synchronization
import Testing

/// Pages of other origins, in the browser of the user of this machine.
@Suite struct CrossOriginTests {
  @Test(arguments: ["cross-site", "same-site", "", "none, cross-site", "unheard-of"])
  func `the API is for no other site`(site: String) async {
    let fixture = SiteFixture()
    for path in ["/admin/api/session", "/admin/api/live", "/metrics"] {
      #expect(await fixture.ask(path, fields: [.site: site]).status == 403, "\(path)")
    }
    let navigation: HTTPFields = [.site: site, .mode: "navigate"]
    #expect(await fixture.ask("/admin/api/session", fields: navigation).status == 403)
  }

  @Test func `a link may lead to the pages, and nothing else may`() async {
    let fixture = SiteFixture()
    #expect(await fixture.ask("/admin/", fields: [.site: "cross-site", .mode: "navigate"]).status == 200)
    #expect(
      await fixture.ask("/admin/js/main.js", fields: [.site: "cross-site", .mode: "no-cors"]).status == 403)
    let frame: HTTPFields = [
      .site: "cross-site", .mode: "navigate", HTTPField.Name("sec-fetch-dest")!: "iframe",
    ]
    #expect(await fixture.ask("/admin/", fields: frame).status == 403)
  }

  @Test(arguments: [
    "http://evil.example", "null", "http://localhost", "http://localhost:8081", "file://", "",
    "http://localhost:8080.evil.example", "http://localhost:8080/", "ftp://localhost:8080",
    "http://127.0.0.1:8080",
  ])
  func `an origin must be the one that was asked`(origin: String) async {
    let fixture = SiteFixture()
    let fields: HTTPFields = [.origin: origin, .csrf: await fixture.token()]
    #expect(await fixture.ask(.post, "/admin/api/requests/known/move", fields: fields).status == 403)
    #expect(await fixture.ask("/admin/api/snapshot", fields: [.origin: origin]).status == 403)
    #expect(fixture.backend.moves.withLock { $0.isEmpty })
  }

  @Test(arguments: ["http://localhost:8080", "https://localhost:8080", "HTTP://LOCALHOST:8080"])
  func `its own origin is answered`(origin: String) async {
    let fixture = SiteFixture()
    let fields: HTTPFields = [.origin: origin, .site: "same-origin", .csrf: await fixture.token()]
    #expect(await fixture.ask(.post, "/admin/api/requests/known/move", fields: fields).status == 200)
  }

  @Test func `no answer allows another origin to read it`() async {
    let fixture = SiteFixture()
    for method in [HTTPRequest.Method.get, .options] {
      let answer = await fixture.ask(method, "/admin/api/session")
      #expect(!answer.fields.contains { $0.name.canonicalName.hasPrefix("access-control") })
    }
  }

  @Test(arguments: ["", "wrong", "0"])
  func `an order without the token is refused`(token: String) async {
    let fixture = SiteFixture()
    let fields: HTTPFields = token.isEmpty ? [:] : [.csrf: token]
    for (method, path) in [
      (HTTPRequest.Method.post, "/admin/api/requests/known/move"), (.delete, "/admin/api/session"),
    ] {
      let answer = await fixture.ask(method, path, fields: fields)
      #expect(answer.status == 403 && answer.errorCode == "forbidden")
    }
    #expect(fixture.backend.moves.withLock { $0.isEmpty })
  }

  @Test func `each process has a token of its own`() async {
    let (first, second) = (SiteFixture(), SiteFixture())
    let token = await first.token()
    #expect(token.count == 64)
    #expect(await second.ask(.post, "/admin/api/requests/known/move", fields: [.csrf: token]).status == 403)
  }

  @Test(arguments: [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
  ])
  func `a form cannot send a body`(type: String) async {
    let answer = await SiteFixture { $0.webAdmin.passwordHash = Secret(SiteFixture.hash) }.ask(
      .post, "/admin/api/session", fields: [.contentType: type], body: #"{"password":"a"}"#)
    #expect(answer.status == 415)
  }

  @Test(arguments: ["/admin/", "/admin/api/session", "/admin/api/nothing", "/metrics", "/admin"])
  func `every answer has the fields of safety`(path: String) async {
    let fields = await SiteFixture().ask(path).fields
    let policy = fields[.init("content-security-policy")!] ?? ""
    #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe") && !policy.contains("*"))
    #expect(fields[.xContentTypeOptions] == "nosniff")
    #expect(fields[.init("referrer-policy")!] == "no-referrer")
    #expect(fields[.init("cross-origin-resource-policy")!] == "same-origin")
    #expect(fields[.cacheControl] == (path == "/admin/" ? "no-cache" : "no-store"))
  }
}
