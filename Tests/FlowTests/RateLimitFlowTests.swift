import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// What endpoints say of their quota decides who is asked next.
@Suite(.timeLimit(.minutes(2))) struct RateLimitFlowTests {
  static let frames = Answers.textFrames("hello")

  /// An answer with rate-limit fields.
  static func whole(_ fields: [String: String]) -> ScriptedUpstream.Script {
    let own = ["content-type": "text/event-stream", "transfer-encoding": "chunked"]
    return [.head(200, own.merging(fields) { $1 })] + frames.map { .chunk($0) } + [.end]
  }

  static func plan(_ status: String, reset seconds: Int64) -> [String: String] {
    ["anthropic-ratelimit-unified-status": status, "anthropic-ratelimit-unified-reset": String(seconds)]
  }

  @Test func `a plan that is used up rests until its window begins anew`() async throws {
    let seconds = ManualTime().wallMilliseconds / 1000 + 3600
    let first = try ScriptedUpstream(
      Answers.status(429, "rate_limit_error", fields: Self.plan("rejected", reset: seconds)))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      try await expectStatus(flow) { $0 == 200 }
      let rest = EndpointHealth.Status.benched(until: seconds * 1000, cause: "the plan's limit is reached")
      #expect(flow.gateway.health.status(of: "first") == rest)
      try await expectStatus(flow) { $0 == 200 }
      #expect(first.received.count == 1 && second.received.count == 2)
    }
  }

  @Test(arguments: [true, false])
  func `enhanced protection heeds the warning`(_ isProtected: Bool) async throws {
    let seconds = ManualTime().wallMilliseconds / 1000 + 60
    let first = try ScriptedUpstream(Self.whole(Self.plan("allowed_warning", reset: seconds)))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: { $0.endpoints[0].enhancedProtection = isProtected }) { flow in
      try await expectStatus(flow) { $0 == 200 }
      try await expectStatus(flow) { $0 == 200 }
      #expect(first.received.count == (isProtected ? 1 : 2))
      #expect(second.received.count == (isProtected ? 1 : 0))
    }
  }

  @Test func `an endpoint without quota is asked last until it has some again`() async throws {
    let first = try ScriptedUpstream(
      Self.whole([
        "anthropic-ratelimit-requests-limit": "5", "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2999-01-01T00:00:00Z",
      ]))
    let second = try ScriptedUpstream(Answers.status(529, "overloaded_error"))
    try await withFlow(first, second) { flow in
      try await expectStatus(flow) { $0 == 200 }
      #expect(second.received.isEmpty)
      try await expectStatus(flow) { $0 == 200 }
      #expect(second.received.count == 1 && first.received.count == 2)
      #expect(flow.gateway.health.headroom(of: "first") == 0)
    }
  }
}
