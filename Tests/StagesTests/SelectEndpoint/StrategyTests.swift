import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct StrategyTests {
  let fixture = RoutingFixture()

  static let three = ["a", "b", "c"].map { RoutingFixture.endpoint($0) }

  /// The first candidates of so many requests, in a row.
  func firsts(_ step: SelectEndpoint, _ count: Int, _ request: TaggedRequest = RoutingFixture.request())
    -> String
  {
    (0..<count).map { _ in fixture.names(step, request).first ?? "-" }.joined()
  }

  @Test func `priority keeps the configured order of equals`() {
    let step = fixture.step([
      RoutingFixture.endpoint("c", priority: 2), RoutingFixture.endpoint("b"), RoutingFixture.endpoint("a"),
    ])
    #expect(fixture.names(step) == ["b", "a", "c"])
    #expect(fixture.names(step) == ["b", "a", "c"])
  }

  @Test func `round robin rotates and carries on with the next in turn`() {
    let step = fixture.step(Self.three, .roundRobin)
    #expect(fixture.names(step) == ["a", "b", "c"])
    #expect(fixture.names(step) == ["b", "c", "a"])
    #expect(fixture.names(step) == ["c", "a", "b"])
    #expect(firsts(step, 6) == "abcabc")
  }

  @Test func `weighted gives each its share, spread out`() {
    let step = fixture.step(
      [RoutingFixture.endpoint("a", weight: 5), RoutingFixture.endpoint("b"), RoutingFixture.endpoint("c")],
      .weighted)
    #expect(firsts(step, 14) == "aabacaa" + "aabacaa")
  }

  @Test func `strategies never put a worse priority first`() {
    let endpoints = [
      RoutingFixture.endpoint("z", priority: 2, weight: 100), RoutingFixture.endpoint("a"),
      RoutingFixture.endpoint("b"),
    ]
    fixture.health.recordSuccess("a", timeToFirstToken: .seconds(9))
    fixture.health.recordSuccess("b", timeToFirstToken: .seconds(9))
    for strategy in SelectionOptions.Strategy.allCases {
      let step = fixture.step(endpoints, strategy)
      for _ in 0..<5 { #expect(fixture.names(step).last == "z") }
    }
  }

  @Test func `a turn is taken only by requests it decides about`() {
    let step = fixture.step([RoutingFixture.endpoint("t", tags: ["x"])] + Self.three, .roundRobin)
    fixture.health.noteServed(session: "s", tags: [], endpoint: "c")
    var order = ""
    for _ in 0..<3 {
      order += firsts(step, 1)
      #expect(firsts(step, 1, RoutingFixture.request(tags: ["x"])) == "t")
      #expect(firsts(step, 1, RoutingFixture.request(session: "s")) == "c")
    }
    #expect(order == "abc")
  }

  @Test func `the rotation closes up while one is benched`() {
    let step = fixture.step(Self.three, .roundRobin)
    fixture.health.bench("b", for: .seconds(10), cause: "limit")
    #expect(firsts(step, 4) == "acac")
    fixture.time.advance(by: .seconds(10))
    #expect(Set(firsts(step, 3)) == ["a", "b", "c"])
  }

  @Test func `least latency asks unknown ones first, then the quickest`() {
    let step = fixture.step(Self.three, .leastLatency)
    fixture.health.recordSuccess("a", timeToFirstToken: .milliseconds(900))
    fixture.health.recordSuccess("b", timeToFirstToken: .milliseconds(300))
    #expect(fixture.names(step) == ["c", "b", "a"])
    fixture.health.recordSuccess("c", timeToFirstToken: .milliseconds(500))
    #expect(fixture.names(step) == ["b", "c", "a"])
  }

  @Test func `latencies are averaged and forgotten after ten minutes`() {
    fixture.health.recordSuccess("a", timeToFirstToken: .milliseconds(100))
    fixture.health.recordSuccess("a", timeToFirstToken: .milliseconds(1100))
    #expect(fixture.health.timeToFirstToken("a") == .milliseconds(400))
    fixture.time.advance(by: .seconds(599))
    #expect(fixture.health.timeToFirstToken("a") != nil)
    fixture.time.advance(by: .seconds(1))
    #expect(fixture.health.timeToFirstToken("a") == nil)
  }
}
