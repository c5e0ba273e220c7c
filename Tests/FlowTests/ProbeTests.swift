import Gateway
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Endpoints that were benched and that no request comes to are asked whether they answer again.
@Suite(.timeLimit(.minutes(1))) struct ProbeTests {
  static let frames = Answers.textFrames("served")

  /// Benches the first endpoint by two requests, which the second one serves.
  func bench(_ flow: FlowHarness) async throws {
    for _ in 0..<2 { try await expectStatus(flow) { $0 == 200 } }
    guard case .benched(_, let cause) = flow.gateway.health.status(of: "first") else {
      Issue.record("not benched")
      return
    }
    #expect(cause.contains("all 2 requests of late failed") && cause.contains("("))
  }

  @Test(arguments: [1, 2])
  func `answers in a row bring an endpoint back`(_ threshold: Int) async throws {
    let fault = Answers.status(529, "overloaded_error")
    let message = Answers.message("pong")
    let head = ScriptedUpstream.Action.head(
      200, ["content-type": "application/json", "content-length": String(message.utf8.count)])
    let first = try ScriptedUpstream(fault, fault, [head, .raw(Bytes(utf8: message))])
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) {
      $0.healthCheck.recoveryThreshold = threshold
    } _: { flow in
      try await bench(flow)
      let prober = HealthProber(flow.gateway)
      // Not before its time.
      await prober.probeAll()
      #expect(first.received.count == 2)
      flow.time.advance(by: .seconds(61))
      for _ in 0..<threshold {
        #expect(flow.gateway.health.status(of: "first") == .returning)
        await prober.probeAll()
      }
      #expect(flow.gateway.health.status(of: "first") == .available && first.received.count == 2 + threshold)
      let probe = try #require(first.received.last)
      #expect(probe.body.text.hasPrefix(#"{"model":"claude-test","max_tokens":1,"messages":"#))
      #expect(probe.field("x-api-key") == "key-of-first-endpoint")
      #expect(second.received.count == 2)
    }
  }

  @Test func `a probe that fails benches for longer`() async throws {
    let first = try ScriptedUpstream(Answers.status(529, "overloaded_error"))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      try await bench(flow)
      flow.time.advance(by: .seconds(61))
      await HealthProber(flow.gateway).probeAll()
      flow.time.advance(by: .seconds(100))
      guard case .benched(_, let cause) = flow.gateway.health.status(of: "first") else {
        Issue.record("not benched for twice the time")
        return
      }
      #expect(cause.hasPrefix("the request that probed it failed with upstream_status"))
      #expect(first.received.count == 3)
    }
  }
}
