import HTTPTypes
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct SelectEndpointTests {
  typealias Skip = RoutedRequest.Skip
  let fixture = RoutingFixture()

  /// Both tags, one tag, universal with two priorities, one switched off, one of the other dialect.
  static let endpoints = [
    RoutingFixture.endpoint("late", priority: 9),
    RoutingFixture.endpoint("both", tags: ["big", "fast"], priority: 5),
    RoutingFixture.endpoint("big", tags: ["big"], priority: 2),
    RoutingFixture.endpoint("plain", priority: 3),
    RoutingFixture.endpoint("off", isEnabled: false),
    RoutingFixture.endpoint("gpt", dialect: .openAI),
  ]
  static let always = [Skip(endpoint: "off", reason: .disabled)]

  struct Route: Sendable {
    var tags: Set<String>
    var candidates: [String]
    var skipped: [Skip]
  }

  static let table = [
    Route(
      tags: [], candidates: ["gpt", "plain", "late"],
      skipped: [
        Skip(endpoint: "big", reason: .requiresTags(["big"])),
        Skip(endpoint: "both", reason: .requiresTags(["big", "fast"])),
      ]),
    Route(tags: ["big"], candidates: ["big", "both", "gpt", "plain", "late"], skipped: []),
    Route(
      tags: ["big", "fast"], candidates: ["both", "gpt", "plain", "late"],
      skipped: [Skip(endpoint: "big", reason: .lacksTags(["fast"]))]),
    Route(
      tags: ["other"], candidates: ["gpt", "plain", "late"],
      skipped: [
        Skip(endpoint: "big", reason: .lacksTags(["other"])),
        Skip(endpoint: "both", reason: .lacksTags(["other"])),
      ]),
  ]

  @Test(arguments: table)
  func `endpoints with all the tags come first, then universal ones`(_ route: Route) {
    let routed = fixture.route(fixture.step(Self.endpoints), RoutingFixture.request(tags: route.tags))
    #expect(routed.candidates.map(\.name) == route.candidates)
    #expect(routed.skipped == Self.always + route.skipped)
  }

  @Test func `a request nobody may serve has no candidates`() {
    let routed = fixture.route(fixture.step([RoutingFixture.endpoint("a", tags: ["x"])]))
    #expect(routed.candidates.isEmpty)
    #expect(routed.skipped == [Skip(endpoint: "a", reason: .requiresTags(["x"]))])
  }

  @Test func `every skip is written down with its reason`() {
    let step = fixture.step([
      RoutingFixture.endpoint("off", isEnabled: false), RoutingFixture.endpoint("tired"),
      RoutingFixture.endpoint("special", tags: ["b", "a"]), RoutingFixture.endpoint("fit"),
    ])
    fixture.health.bench("tired", for: .seconds(30), cause: "retry-after")
    let request = RoutingFixture.request()
    let exchange = fixture.exchange(request)
    _ = step.run(request, in: exchange)
    #expect(
      exchange.recordSoFar.skipped == [
        "off: disabled", "special: only for requests tagged a, b",
        "tired: benched for 30 s more: retry-after",
      ])
  }

  // MARK: Kinds

  struct KindCase: Sendable {
    var kind: RequestFacts.Kind
    var path: String
    var isGet = false
    var candidates: [String]
  }

  @Test(arguments: [
    KindCase(kind: .messages, path: "/v1/messages", candidates: ["gpt", "claude"]),
    KindCase(kind: .countTokens, path: "/v1/messages/count_tokens", candidates: ["gpt", "claude"]),
    KindCase(kind: .passThrough, path: "/v1/models", isGet: true, candidates: ["demo", "claude"]),
    KindCase(kind: .passThrough, path: "/v1/models", candidates: ["claude"]),
    KindCase(kind: .passThrough, path: "/v1/files", isGet: true, candidates: ["claude"]),
  ])
  func `each kind of request goes only where it can be answered`(_ test: KindCase) {
    let step = fixture.step([
      RoutingFixture.endpoint("claude", priority: 2), RoutingFixture.endpoint("gpt", dialect: .openAI),
      RoutingFixture.endpoint("demo", priority: 1, dialect: .demo(DemoScript())),
    ])
    let request = RoutingFixture.request(
      kind: test.kind, method: test.isGet ? .get : .post, path: test.path)
    #expect(fixture.names(step, request) == test.candidates)
  }

  @Test func `tokens are counted where the configuration says`() {
    var gpt = RoutingFixture.endpoint("gpt", dialect: .openAI)
    gpt.countTokens = .forward(to: "claude")
    let step = fixture.step([gpt, RoutingFixture.endpoint("claude", priority: 2)])
    let count = RoutingFixture.request(kind: .countTokens, path: "/v1/messages/count_tokens")
    #expect(fixture.names(step, count) == ["claude", "claude"])
    #expect(fixture.names(step, RoutingFixture.request()) == ["gpt", "claude"])
    let alone = fixture.step([gpt, RoutingFixture.endpoint("claude", isEnabled: false)])
    #expect(fixture.names(alone, count) == ["gpt"])
  }

  @Test func `a demo endpoint never stands in for a real one`() {
    let demo = RoutingFixture.endpoint("demo", priority: 100, dialect: .demo(DemoScript()))
    let step = fixture.step([RoutingFixture.endpoint("claude"), demo])
    #expect(fixture.names(step) == ["claude"])
    fixture.health.bench("claude", for: .seconds(60), cause: "limit")
    #expect(fixture.names(step) == ["claude"])
    #expect(
      fixture.names(fixture.step([RoutingFixture.endpoint("off", isEnabled: false), demo])) == ["demo"])
  }

  // MARK: The bench

  @Test func `a benched endpoint is skipped until its time is over`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b")])
    let end = fixture.time.wallMilliseconds + 60_000
    fixture.health.bench("a", for: .seconds(60), cause: "retry-after")
    let routed = fixture.route(step)
    #expect(routed.candidates.map(\.name) == ["b"])
    #expect(routed.skipped == [Skip(endpoint: "a", reason: .benched(until: end, cause: "retry-after"))])
    fixture.time.advance(by: .seconds(60))
    #expect(fixture.names(step) == ["a", "b"])
  }

  @Test func `when all are benched the one back first is asked first`() {
    let step = fixture.step([
      RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b", priority: 2),
      RoutingFixture.endpoint("off", isEnabled: false),
    ])
    fixture.health.bench("a", for: .seconds(60), cause: "limit")
    fixture.health.bench("b", for: .seconds(20), cause: "limit")
    let request = RoutingFixture.request()
    let exchange = fixture.exchange(request)
    let routed = step.run(request, in: exchange)
    #expect(routed.candidates.map(\.name) == ["b", "a"])
    #expect(routed.skipped == [Skip(endpoint: "off", reason: .disabled)])
    #expect(
      exchange.recordSoFar.skipped == [
        "off: disabled", "a: benched for 60 s more: limit; asked as a last resort",
        "b: benched for 20 s more: limit; asked as a last resort",
      ])
  }

  @Test func `one request probes an endpoint that comes back`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b", priority: 2)])
    fixture.fail("a")
    fixture.time.advance(by: .seconds(60))
    #expect(fixture.names(step) == ["a", "b"])
    #expect(fixture.names(step) == ["b"])
    fixture.health.recordSuccess("a")
    #expect(fixture.names(step) == ["a", "b"])
    #expect(fixture.names(step) == ["a", "b"])
  }

  @Test func `requests that are not reported do not claim the probe`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b", priority: 2)])
    fixture.fail("a")
    fixture.time.advance(by: .seconds(60))
    #expect(fixture.names(step, RoutingFixture.request(kind: .countTokens)) == ["a", "b"])
    #expect(fixture.names(step) == ["a", "b"])
  }

  // MARK: Session affinity

  @Test func `a session returns to the endpoint that served it, before better priorities`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b", priority: 2)])
    fixture.health.noteServed(session: "s", tags: [], endpoint: "b")
    #expect(fixture.names(step, RoutingFixture.request(session: "s")) == ["b", "a"])
    #expect(fixture.names(step, RoutingFixture.request(session: "t")) == ["a", "b"])
    #expect(fixture.names(step) == ["a", "b"])
  }

  @Test func `affinity stays within the group`() {
    let step = fixture.step([
      RoutingFixture.endpoint("tagged", tags: ["x"]), RoutingFixture.endpoint("a"),
      RoutingFixture.endpoint("b"),
    ])
    fixture.health.noteServed(session: "s", tags: ["x"], endpoint: "b")
    #expect(fixture.names(step, RoutingFixture.request(tags: ["x"], session: "s")) == ["tagged", "b", "a"])
  }

  @Test func `requests of one session with other tags keep their own endpoint`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b")])
    fixture.health.noteServed(session: "s", tags: [], endpoint: "b")
    fixture.health.noteServed(session: "s", tags: ["small"], endpoint: "a")
    #expect(fixture.names(step, RoutingFixture.request(session: "s")) == ["b", "a"])
  }

  @Test func `a session leaves an endpoint that is benched, disabled or gone`() {
    let request = RoutingFixture.request(session: "s")
    fixture.health.noteServed(session: "s", tags: [], endpoint: "b")
    let without = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("c")])
    #expect(fixture.names(without, request) == ["a", "c"])
    let disabled = fixture.step([
      RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b", isEnabled: false),
    ])
    #expect(fixture.names(disabled, request) == ["a"])
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b")])
    fixture.health.bench("b", for: .seconds(5), cause: "limit")
    #expect(fixture.names(step, request) == ["a"])
    fixture.time.advance(by: .seconds(5))
    #expect(fixture.names(step, request) == ["b", "a"])
  }

  @Test func `affinity can be switched off`() {
    let step = fixture.step([RoutingFixture.endpoint("a"), RoutingFixture.endpoint("b")], affinity: false)
    fixture.health.noteServed(session: "s", tags: [], endpoint: "b")
    #expect(fixture.names(step, RoutingFixture.request(session: "s")) == ["a", "b"])
  }
}
