import Admin
import HTTPTypes
import Pipeline
import Settings
import Testing

@Suite struct RouterTests {
  @Test func `finds a route by method and path`() async throws {
    let fixture = SiteFixture()
    let answer = await fixture.ask("/admin/api/graph")
    #expect(answer.status == 200 && answer.fields[.contentType] == "application/json")
    #expect(try answer.json["nodes"]?.array?.first?["name"]?.text == "accept")
    #expect(answer.isFinished)
  }

  @Test(arguments: [
    "/admin/api", "/admin/api/", "/admin/api/nothing", "/admin/api/graph/", "/admin/api//graph",
    "/admin/api/Graph",
    "/admin/api/requests//move", "/admin/api/requests/a/b/move", "/admin/api/requests/%ff/move",
    "/admin/api/requests/%2/move", "/admin/api/../api/graph", "/admin/api/%67raph",
  ])
  func `any other path is not found`(path: String) async {
    let answer = await SiteFixture().ask(path)
    #expect(answer.status == 404 && answer.errorCode == "not_found")
  }

  @Test func `another method is told which are allowed`() async {
    let fixture = SiteFixture()
    let answer = await fixture.ask(.put, "/admin/api/graph")
    #expect(answer.status == 405 && answer.fields[.allow] == "GET, HEAD, OPTIONS")
    let options = await fixture.ask(.options, "/admin/api/session")
    #expect(options.status == 204 && options.fields[.allow] == "DELETE, GET, HEAD, POST, OPTIONS")
    #expect(await fixture.ask(.options, "/admin/api/nothing").status == 404)
  }

  @Test func `HEAD is GET without its body`() async {
    let fixture = SiteFixture()
    let (get, head) = (await fixture.ask("/admin/api/graph"), await fixture.ask(.head, "/admin/api/graph"))
    #expect(head.status == 200 && head.body.isEmpty)
    #expect(head.fields[.contentLength] == get.fields[.contentLength] && head.isFinished)
  }

  @Test func `HEAD of the live view neither waits nor takes a place`() async {
    let fixture = SiteFixture()
    let answer = await fixture.ask(.head, "/admin/api/live")
    #expect(answer.isFinished && fixture.site.liveFeed.listenerCount == 0)
  }

  @Test(arguments: ["/known", "/kno%77n", "/%6b%6E%6f%77%6e"])
  func `parts of the path are percent-decoded`(part: String) async {
    let fixture = SiteFixture()
    let fields: HTTPFields = [.csrf: await fixture.token()]
    #expect(await fixture.ask(.post, "/admin/api/requests\(part)/move", fields: fields).status == 200)
    #expect(await fixture.ask(.post, "/admin/api/requests\(part)%2f/move", fields: fields).status == 404)
  }

  @Test func `parameters that are not known are refused`() async {
    let fixture = SiteFixture()
    for query in ["a=1", "a", "%zz=1", "=1"] {
      let answer = await fixture.ask("/admin/api/graph", query: query)
      #expect(answer.status == 400 && answer.errorCode == "bad_request", "\(query)")
    }
    #expect(await fixture.ask("/admin/api/graph", query: "").status == 200)
  }

  private func login(_ body: String, fields: HTTPFields = [:]) async -> AnswerTaker.Answer {
    await SiteFixture { $0.webAdmin.passwordHash = Secret(SiteFixture.hash) }
      .ask(.post, "/admin/api/session", fields: fields, body: body)
  }

  @Test(arguments: [
    "{", "nothing", #"{"password":"a"} {}"#, #"{"password":"a","password":"b"}"#, #"{"password":"\ud800"}"#,
    String(repeating: "[", count: 100_000), "{\"password\":\"a\nb\"}", "01", "\u{feff}{}",
  ])
  func `a body that is no JSON is a bad request`(body: String) async {
    let answer = await login(body)
    #expect(answer.status == 400 && answer.errorCode == "bad_request")
  }

  @Test(arguments: [
    (#"{}"#, "password"), (#"{"password":1}"#, "password"), (#"{"password":null}"#, "password"),
    (#"{"password":""}"#, "password"), (#"{"password":"a","name":"b"}"#, "name"), ("[]", ""), ("null", ""),
  ])
  func `a body that does not fit is told where`(body: String, path: String) async throws {
    let answer = await login(body)
    #expect(answer.status == 422)
    #expect(try answer.json["error"]?["problems"]?.array?.first?["path"]?.text == path)
  }

  @Test func `a body that is missing, or too large, is refused`() async {
    #expect(await login("", fields: [.contentType: "application/json"]).status == 400)
    let large = #"{"password":"\#(String(repeating: "a", count: 5 << 20))"}"#
    let answer = await login(large)
    #expect(answer.status == 413 && answer.errorCode == "too_large")
  }

  @Test func `a body where none belongs is refused`() async {
    let fixture = SiteFixture()
    #expect(await fixture.ask(.get, "/admin/api/graph", body: "{}").status == 400)
  }

  @Test func `what is switched off is not there`() async {
    let fixture = SiteFixture {
      $0.webAdmin.isEnabled = false
      $0.webAdmin.metrics = false
    }
    for path in ["/admin/", "/admin/api/session", "/metrics"] {
      #expect(await fixture.ask(path).status == 404, "\(path)")
    }
    fixture.backend.change { $0.webAdmin.metrics = true }
    #expect(await fixture.ask("/metrics").status == 200)
  }
}
