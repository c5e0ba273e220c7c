import Admin
import HTTPTypes
import Pipeline
import ProxyTesting
import Settings
import Testing

@Suite struct LoginTests {
  private func fixture() -> SiteFixture {
    SiteFixture { $0.webAdmin.passwordHash = Secret(SiteFixture.hash) }
  }

  @Test func `without a login only the session and the description are told`() async throws {
    let fixture = fixture()
    for path in ["snapshot", "graph", "requests", "live"] {
      let answer = await fixture.ask("/admin/api/\(path)")
      #expect(answer.status == 401 && answer.errorCode == "unauthenticated", "\(path)")
    }
    let session = try await fixture.ask("/admin/api/session").json
    #expect(session["authenticated"] == false && session["password_required"] == true)
    #expect(session["csrf_token"] == .null)
    #expect(await fixture.ask("/admin/api/openapi.json").status == 200)
  }

  @Test func `a login opens the API until it ends`() async throws {
    let fixture = fixture()
    let (answer, cookie) = await fixture.login()
    #expect(answer.status == 204)
    let field = try #require(answer.fields[.setCookie])
    for part in ["HttpOnly", "SameSite=Strict", "Path=/admin"] { #expect(field.contains(part)) }
    #expect(await fixture.ask("/admin/api/snapshot", fields: cookie).status == 200)
    var order = cookie
    order[.csrf] = await fixture.token(cookie)
    #expect(await fixture.ask(.post, "/admin/api/requests/known/move", fields: order).status == 200)
    #expect(await fixture.ask(.delete, "/admin/api/session", fields: order).status == 204)
    #expect(await fixture.ask("/admin/api/snapshot", fields: cookie).status == 401)
  }

  @Test func `the token of one session is none for another`() async {
    let fixture = fixture()
    let (first, second) = (await fixture.login().cookie, await fixture.login().cookie)
    var mixed = first
    mixed[.csrf] = await fixture.token(second)
    #expect(await fixture.ask(.post, "/admin/api/requests/known/move", fields: mixed).status == 403)
  }

  @Test func `a wrong password and the client's token open nothing`() async {
    let fixture = SiteFixture {
      $0.webAdmin.passwordHash = Secret(SiteFixture.hash)
      $0.server.authToken = Secret("the-token-of-this-proxy")
    }
    let (answer, _) = await fixture.login("wrong")
    #expect(answer.status == 401 && answer.fields[.setCookie] == nil)
    for fields: HTTPFields in [
      [.authorization: "Bearer the-token-of-this-proxy"], [.init("x-api-key")!: "the-token-of-this-proxy"],
      [.cookie: "companion_admin_8080=\(String(repeating: "0", count: 64))"],
    ] {
      #expect(await fixture.ask("/admin/api/snapshot", fields: fields).status == 401)
    }
  }

  @Test func `an idle session ends after twelve hours, a used one does not`() async {
    let fixture = fixture()
    let cookie = await fixture.login().cookie
    for _ in 0..<3 {
      fixture.backend.manualTime.advance(by: Sessions.idleLimit - .seconds(1))
      #expect(await fixture.ask("/admin/api/graph", fields: cookie).status == 200)
    }
    fixture.backend.manualTime.advance(by: Sessions.idleLimit)
    #expect(await fixture.ask("/admin/api/graph", fields: cookie).status == 401)
  }

  @Test func `a new password ends the sessions of the old one`() async throws {
    let fixture = fixture()
    let cookie = await fixture.login().cookie
    let other = try PasswordHash(password: "another password").text
    fixture.backend.change { $0.webAdmin.passwordHash = Secret(other) }
    #expect(await fixture.ask("/admin/api/graph", fields: cookie).status == 401)
  }

  @Test func `guessing is slower each time, and the right password must wait too`() async throws {
    let fixture = fixture()
    for _ in 0..<LoginLimiter.freeTries { #expect(await fixture.login("wrong").answer.status == 401) }
    var waits: [Int] = []
    for _ in 0..<4 {
      let refused = await fixture.login().answer
      #expect(refused.status == 429 && refused.errorCode == "too_many_attempts")
      let wait = try #require(refused.fields[.retryAfter].flatMap { Int($0) })
      waits.append(wait)
      fixture.backend.manualTime.advance(by: .seconds(wait))
      #expect(await fixture.login("wrong").answer.status == 401)
    }
    #expect(waits == [1, 2, 4, 8])
    fixture.backend.manualTime.advance(by: .seconds(16))
    #expect(await fixture.login().answer.status == 204)
  }

  @Test func `one who guesses does not lock others out for long`() {
    let time = ManualTime()
    let limiter = LoginLimiter(time: time)
    for round in 0..<500 {
      if let wait = limiter.tryOnce("10.0.0.\(round % 250)") { time.advance(by: wait) }
    }
    if let wait = limiter.tryOnce("the owner") {
      #expect(wait <= .seconds(10))
      time.advance(by: wait)
      #expect(limiter.tryOnce("the owner") == nil)
    }
  }

  @Test func `a thousand tries at once are no way around`() {
    let limiter = LoginLimiter(time: ManualTime())
    let allowed = (0..<1000).count { _ in limiter.tryOnce("10.0.0.1") == nil }
    #expect(allowed == LoginLimiter.freeTries)
  }

  @Test func `the number of sessions is bounded`() {
    let time = ManualTime()
    let sessions = Sessions(time: time)
    let first = sessions.begin(password: "hash")
    for _ in 0..<Sessions.most {
      time.advance(by: .seconds(1))
      _ = sessions.begin(password: "hash")
    }
    #expect(sessions.token(of: first, password: "hash") == nil)
  }
}
