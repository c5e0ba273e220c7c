import Admin
import Foundation
import HTTPTypes
import Pipeline
import Settings
import Stages
import Synchronization
import Testing

/// What the pages do to endpoints, done to a real file.
@Suite struct EndpointRouteTests {
  let fixture: ConfigurationFixture
  var site: SiteFixture { fixture.site }

  init() throws { fixture = try ConfigurationFixture() }

  private func names() async throws -> [String] {
    try await site.ask("/admin/api/endpoints").json["endpoints"]?.array?.compactMap { $0["name"]?.text } ?? []
  }

  @Test func `are listed in the order they are asked, with masked secrets`() async throws {
    let answer = await site.ask("/admin/api/endpoints")
    #expect(try await names() == ["first", "second"])
    let first = try answer.json["endpoints"]?.array?.first
    #expect(first?["config"]?["auth_value"]?["secret"]?.text == "sk-…abcd")
    #expect(first?["health"]?["state"]?.text == "available" && first?["type"]?.text == "anthropic")
    #expect(!answer.text.contains("0123456789"))
  }

  @Test func `one more is added at the end, in force at once, comments kept`() async throws {
    let answer = await site.order(
      .post, "/endpoints",
      #"{"config":{"name":"third","url":"https://three.example","auth_type":"none","priority":3}}"#)
    #expect(answer.status == 201)
    #expect(try answer.json["url"]?.text == "https://three.example")
    #expect(site.backend.settings.endpoints.map(\.name) == ["first", "second", "third"])
    let file = try fixture.file
    #expect(file.hasPrefix("# Mine.\nserver:\n  port: 8080  # the usual\n"))
    for comment in ["# The first choice.", "# If that fails.", "# Hard ones."] {
      #expect(file.contains(comment))
    }
  }

  @Test func `a name that is taken is a conflict, and changes nothing`() async throws {
    let before = try fixture.file
    let answer = await site.order(
      .post, "/endpoints", #"{"config":{"name":"first","url":"https://x.example","auth_type":"none"}}"#)
    #expect(answer.status == 409 && answer.errorCode == "conflict")
    #expect(try fixture.file == before)
  }

  @Test func `mistakes are told with their places`() async throws {
    let before = try fixture.file
    let answer = await site.order(
      .post, "/endpoints",
      #"{"config":{"name":"third","url":"three.example","auth_typ":"none","priority":"high"}}"#)
    #expect(answer.status == 422)
    let problems = try answer.json["error"]?["problems"]?.array ?? []
    let paths = problems.compactMap { $0["path"]?.text }
    for key in ["url", "auth_typ", "priority"] { #expect(paths.contains("endpoints[2].\(key)")) }
    #expect(problems.contains { $0["suggestion"]?.text?.contains("auth_type") == true })
    #expect(try fixture.file == before)
    #expect(site.backend.settings.endpoints.count == 2)
  }

  @Test func `a change rewrites what is different, and keeps a secret that is not sent`() async throws {
    let answer = await site.order(
      .put, "/endpoints/first",
      #"{"config":{"name":"first","url":"https://one.example","auth_type":"api_key","priority":1,"weight":5}}"#
    )
    #expect(answer.status == 200)
    #expect(try fixture.file.contains("auth_value: sk-ant-0123456789abcd\n"))
    #expect(site.backend.settings.endpoints.first?.weight == 5)
    guard case .apiKey(let secret)? = site.backend.settings.endpoints.first?.credential else {
      return #expect(Bool(false), "the key is gone")
    }
    #expect(secret.exposed == "sk-ant-0123456789abcd")
  }

  @Test func `a new secret is stored and shown masked`() async throws {
    let answer = await site.order(
      .put, "/endpoints/first",
      #"{"config":{"name":"renamed","url":"https://one.example","auth_type":"api_key","auth_value":"sk-new-9876543210wxyz"}}"#
    )
    #expect(answer.status == 200 && !answer.text.contains("9876543210"))
    #expect(try answer.json["name"]?.text == "renamed")
    #expect(try fixture.file.contains("sk-new-9876543210wxyz"))
  }

  @Test func `ordering numbers the priorities`() async throws {
    #expect(await site.order(.put, "/endpoints/order", #"{"names":["second","first"]}"#).status == 200)
    #expect(try await names() == ["second", "first"])
    #expect(site.backend.settings.endpoints.map(\.priority) == [1, 2])
    let file = try fixture.file
    let (second, first) = (file.range(of: "# If that fails."), file.range(of: "# The first choice."))
    #expect(second?.lowerBound ?? file.endIndex < first?.lowerBound ?? file.startIndex, "comments move along")
    #expect(await site.order(.put, "/endpoints/order", #"{"names":["second"]}"#).status == 422)
  }

  @Test func `switching, copying and removing`() async throws {
    #expect(await site.order(.post, "/endpoints/second/toggle", #"{"enabled":false}"#).status == 200)
    #expect(site.backend.settings.endpoints[1].isEnabled == false)
    let copy = await site.order(.post, "/endpoints/first/copy", #"{"name":"twin"}"#)
    #expect(copy.status == 201)
    #expect(site.backend.settings.endpoints.first { $0.name == "twin" }?.url == "https://one.example")
    #expect(await site.order(.post, "/endpoints/first/copy", #"{"name":"second"}"#).status == 409)
    #expect(await site.order(.delete, "/endpoints/first").status == 204)
    #expect(try await names().sorted() == ["second", "twin"])
    #expect(try !fixture.file.contains("# The first choice."))
  }

  @Test(arguments: ["/endpoints/none", "/endpoints/none/history"])
  func `one that is not there is not found`(_ path: String) async {
    #expect(await site.ask("/admin/api" + path).status == 404)
  }

  @Test func `nor can it be ordered about`() async {
    for (path, body) in [
      ("/endpoints/none/toggle", #"{"enabled":true}"#), ("/endpoints/none/copy", #"{"name":"x"}"#),
      ("/endpoints/none/reset", ""), ("/endpoints/none/test", "{}"),
      ("/endpoints/none/model-rewrite-test", #"{"model":"x"}"#),
    ] { #expect(await site.order(.post, path, body).status == 404, "\(path)") }
    #expect(await site.order(.delete, "/endpoints/none").status == 404)
  }

  @Test func `a bench shows what led to it, until it is reset`() async throws {
    for id in ["one", "two"] {
      site.backend.health.recordFailure("first", code: .truncated, request: id)
    }
    let health = try await site.ask("/admin/api/endpoints/first").json["health"]
    #expect(health?["state"]?.text == "benched" && health?["last_failure"]?.text == "truncated")
    #expect(health?["requests"]?.array?.compactMap(\.text) == ["one", "two"])
    let reset = try await site.order(.post, "/endpoints/first/reset").json["health"]
    #expect(reset?["state"]?.text == "available" && reset?["requests"]?.array?.isEmpty == true)
  }

  @Test func `a test asks the endpoint and tells how it went`() async throws {
    var record = ExchangeRecord(
      id: ExchangeID(text: "trial"), arrived: 1, request: ClientRequest(method: .post, path: "/v1/messages"))
    record.outcome = .failed
    var attempt = AttemptRecord(exchange: record.id, number: 1, endpoint: "first", url: "https://one.example")
    attempt.failureCode = "protocol_violation"
    attempt.failureRule = "V19"
    site.backend.trial.withLock {
      $0 = TrialAnswer(exchange: record, attempts: [attempt], body: Bytes(utf8: "data: {}\n\n"))
    }
    let report = try await site.order(.post, "/endpoints/first/test", #"{"model":"m","stream":false}"#).json
    #expect(report["ok"]?.bool == false && report["failure"]?["rule"]?.text == "V19")
    let asked = site.backend.asked.withLock { $0 }
    #expect(asked.map(\.endpoint) == ["first"])
    let body = try #require(
      try JSONSerialization.jsonObject(with: Data(asked[0].request.body)) as? [String: Any])
    #expect(body["model"] as? String == "m" && body["stream"] as? Bool == false)
  }

  @Test func `what a model would be called`() async throws {
    let fixture = try ConfigurationFixture(
      """
      endpoints:
        - name: first
          url: https://one.example
          auth_type: none
          model_rewrite: {enabled: true, rules: [{source_pattern: "claude-*", target_model: theirs}]}
      """)
    let hit = try await fixture.site.order(
      .post, "/endpoints/first/model-rewrite-test", #"{"model":"claude-x"}"#
    ).json
    #expect(
      hit["target"]?.text == "theirs" && hit["rule"]?.text == "claude-*" && hit["changed"]?.bool == true)
    let miss = try await fixture.site.order(
      .post, "/endpoints/first/model-rewrite-test", #"{"model":"gpt"}"#
    ).json
    #expect(miss["target"]?.text == "gpt" && miss["rule"] == .null && miss["changed"]?.bool == false)
  }

  @Test func `the wizard knows the providers`() async throws {
    let providers = try await site.ask("/admin/api/providers").json["providers"]?.array ?? []
    #expect(providers.count == Providers.bundled.all.count)
    #expect(providers.contains { $0["name"]?.text == "deepseek" && $0["type"]?.text == "openai" })
  }
}
