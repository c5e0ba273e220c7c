import Pipeline
import ProxyTesting
import Stages
import Synchronization
import Testing

@Suite struct EndpointHealthTests {
  let time = ManualTime()
  let health: EndpointHealth

  init() { health = EndpointHealth(time: time) }

  /// Seconds until the endpoint may be asked again; nil when it may now.
  var rest: Int64? {
    guard case .benched(let until, _) = health.status(of: "a") else { return nil }
    return (until - time.wallMilliseconds) / 1000
  }

  func fail(_ code: ProxyFailure.Code = .connectFailed) { health.recordFailure("a", code: code) }

  @Test func `one failure alone benches nobody`() {
    fail()
    #expect(health.status(of: "a") == .available)
  }

  @Test func `two failures and nothing else in the window bench`() {
    fail()
    time.advance(by: .seconds(139))
    fail(.truncated)
    #expect(rest == 60)
    guard case .benched(_, let cause) = health.status(of: "a") else { return }
    #expect(cause == "all 2 requests of late failed, the last one with truncated")
  }

  @Test func `who comes back slowly takes a growing part of the requests`() {
    var options = FailoverOptions()
    options.slowStart = .seconds(10)
    let health = EndpointHealth(options: options, time: time)
    health.bench("a", for: .seconds(60), cause: "a test")
    time.advance(by: .seconds(61))
    #expect(health.claim("a") == .available)
    health.recordSuccess("a")
    let taken = { (0..<100).count { _ in health.claim("a") == .available } }
    #expect(taken() == 10)
    time.advance(by: .seconds(5))
    #expect(taken() == 50)
    time.advance(by: .seconds(5))
    #expect(taken() == 100)
    // Whoever has the choice of nobody else is served all the same: it is only put off.
    #expect(health.status(of: "a") == .available)
  }

  @Test func `a failure that left the window does not count`() {
    fail()
    time.advance(by: .seconds(140))
    fail()
    #expect(rest == nil)
  }

  @Test func `a success within the window keeps an endpoint in service`() {
    health.recordSuccess("a")
    fail()
    fail()
    fail()
    #expect(rest == nil)
    time.advance(by: .seconds(139))
    fail()
    #expect(rest == nil)
    time.advance(by: .seconds(1))
    fail()
    #expect(rest == 60)
  }

  @Test func `other endpoints are judged by themselves`() {
    fail()
    health.recordFailure("b", code: .connectFailed)
    #expect(health.status(of: "a") == .available)
  }

  @Test func `a probe that fails benches again at once, for twice as long, up to ten minutes`() {
    fail()
    fail()
    for expected: Int64 in [60, 120, 240, 480, 600, 600] {
      #expect(rest == expected)
      time.advance(by: .seconds(expected))
      #expect(health.status(of: "a") == .returning)
      fail()
    }
    time.advance(by: .seconds(600))
    health.recordSuccess("a")
    fail()
    #expect(rest == nil)
    health.reset("a")
    fail()
    fail()
    #expect(rest == 60)
  }

  @Test func `a success clears the window`() {
    fail()
    fail()
    time.advance(by: .seconds(60))
    health.recordSuccess("a")
    #expect(health.status(of: "a") == .available)
    #expect(health.snapshots()["a"]?.failures == 0)
  }

  @Test func `failures on the bench do not lengthen it`() {
    fail()
    fail()
    time.advance(by: .seconds(50))
    fail()
    #expect(rest == 10)
  }

  @Test func `one request claims the probe until it reports or takes too long`() {
    fail()
    fail()
    guard case .benched = health.claim("a") else { return #expect(Bool(false), "claimed while benched") }
    time.advance(by: .seconds(60))
    #expect(health.claim("a") == .available)
    guard case .benched(_, let cause) = health.claim("a") else {
      return #expect(Bool(false), "claimed twice")
    }
    #expect(cause == "another request is probing it")
    time.advance(by: .seconds(60))
    #expect(health.claim("a") == .available)
    health.recordSuccess("a")
    #expect(health.claim("a") == .available)
    #expect(health.claim("a") == .available)
  }

  @Test func `a success lifts a bench that failures caused, not one that was asked for`() {
    fail()
    fail()
    health.recordSuccess("a")
    #expect(rest == nil)
    health.bench("a", for: .seconds(30), cause: "retry-after")
    health.recordSuccess("a")
    #expect(rest == 30)
  }

  @Test func `a bench is never shortened`() {
    health.bench("a", for: .seconds(90), cause: "limit")
    health.bench("a", for: .seconds(5), cause: "retry-after")
    #expect(rest == 90)
  }

  @Test func `benches until a wall-clock time, within reason`() {
    health.bench("a", until: time.wallMilliseconds + 45_000, cause: "limit")
    #expect(rest == 45)
    health.reset("a")
    #expect(health.status(of: "a") == .available)
    health.bench("a", until: .min, cause: "limit")
    #expect(health.status(of: "a") == .available)
    health.bench("a", until: .max, cause: "limit")
    #expect(rest == 2_678_400)
    health.bench("a", for: .seconds(Int64.max), cause: "limit")
    #expect(rest == 2_678_400)
  }

  @Test(arguments: [Duration.seconds(-86_400), .seconds(86_400)])
  func `a clock that is set moves no bench`(_ jump: Duration) {
    health.bench("a", for: .seconds(90), cause: "retry-after")
    for _ in 0..<2 { health.recordFailure("b", code: .connectFailed) }
    time.jumpWallClock(by: jump)
    #expect(rest == 90, "said by the clock that people read")
    time.advance(by: .seconds(60))
    #expect(rest == 30)
    #expect(health.status(of: "b") == .returning)
    time.advance(by: .seconds(30))
    #expect(health.status(of: "a") == .returning)
  }

  @Test func `reset forgets failures and bench`() {
    fail()
    fail()
    health.reset("a")
    #expect(health.status(of: "a") == .available)
    fail()
    #expect(health.status(of: "a") == .available)
  }

  @Test func `new options take effect and endpoints that are gone are forgotten`() {
    var options = FailoverOptions()
    options.benchTime = .seconds(7)
    fail()
    health.recordFailure("b", code: .truncated)
    health.reconfigure(options, endpoints: [Endpoint(name: "a", url: "https://a.example")])
    fail()
    #expect(rest == 7)
    #expect(health.snapshots().keys.sorted() == ["a"])
  }

  @Test func `snapshots count the requests of the window`() {
    health.recordSuccess("a", timeToFirstToken: .milliseconds(250))
    fail(.idleTimeout)
    let snapshot = health.snapshots()["a"]
    #expect(snapshot?.status == .available)
    #expect(snapshot?.requests == 2)
    #expect(snapshot?.failures == 1)
    #expect(snapshot?.lastFailure == .idleTimeout)
    #expect(snapshot?.timeToFirstToken == .milliseconds(250))
    time.advance(by: .seconds(140))
    #expect(health.snapshots()["a"]?.requests == 0)
    #expect(health.snapshots()["a"]?.lastFailure == .idleTimeout)
  }

  @Test func `the memory of a busy endpoint is bounded`() {
    for _ in 0..<1000 { health.recordSuccess("a") }
    #expect(health.snapshots()["a"]?.requests == 500)
  }

  @Test func `the sessions used last are known, older ones forgotten`() {
    for number in 0..<20_000 {
      health.noteServed(session: "s\(number)", tags: [], endpoint: "e\(number)")
      if number % 1000 == 0 { #expect(health.endpoint(ofSession: "s0", tags: []) == "e0") }
    }
    for number in 15_001..<20_000 {
      #expect(health.endpoint(ofSession: "s\(number)", tags: []) == "e\(number)")
    }
    #expect(health.endpoint(ofSession: "s0", tags: []) == "e0")
    #expect(health.endpoint(ofSession: "s1", tags: []) == nil)
    #expect(health.endpoint(ofSession: "s9999", tags: []) == nil)
  }

  @Test func `session ids beyond reason are not kept`() {
    let long = String(repeating: "x", count: 257)
    health.noteServed(session: long, tags: [], endpoint: "a")
    #expect(health.endpoint(ofSession: long, tags: []) == nil)
  }

  // MARK: Over a restart

  @Test func `a bench outlives a restart, by the wall clock`() {
    let stored = Mutex<[[EndpointHealth.Bench]]>([])
    let health = EndpointHealth(time: time) { benches in stored.withLock { $0.append(benches) } }
    health.bench("a", for: .seconds(300), cause: "retry-after")
    for _ in 0..<2 { health.recordFailure("b", code: .connectFailed) }
    health.recordSuccess("c")
    #expect(stored.withLock { $0.map { $0.map(\.endpoint) } } == [["a"], ["a", "b"]], "only what changed")
    let later = ManualTime(wallMilliseconds: time.wallMilliseconds + 100_000)
    let restarted = EndpointHealth(benches: stored.withLock { $0.last ?? [] }, time: later)
    #expect(restarted.status(of: "a") == health.status(of: "a"))
    #expect(restarted.status(of: "b") == .available, "its 60 seconds are over")
    later.advance(by: .seconds(200))
    #expect(restarted.status(of: "a") == .returning)
  }

  @Test func `a success that ends a bench is stored too`() {
    let stored = Mutex<[[EndpointHealth.Bench]]>([])
    let health = EndpointHealth(time: time) { benches in stored.withLock { $0.append(benches) } }
    for _ in 0..<2 { health.recordFailure("b", code: .connectFailed) }
    health.recordSuccess("b")
    #expect(stored.withLock { $0.last } == [])
  }
}
