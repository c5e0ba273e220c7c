import Foundation
import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// What users teach about failures, and the pauses and limits around repeated tries.
@Suite(.timeLimit(.minutes(2))) struct FailureRuleTests {
  static let frames = Answers.textFrames("from the second")
  static let gone = error(400, "invalid_request_error", "the model has gone for lunch")

  static func error(_ status: Int, _ type: String, _ words: String) -> ScriptedUpstream.Script {
    let body = #"{"type":"error","error":{"type":"\#(type)","message":\#(words.jsonQuoted)}}"#
    return [
      .head(status, ["content-type": "application/json", "content-length": String(body.utf8.count)]),
      .raw(Bytes(utf8: body)),
    ]
  }

  private func rules(_ rules: FailureRule...) -> (inout Settings) -> Void { { $0.failover.rules = rules } }

  private func rule(
    _ action: FailureRule.Action, status: ClosedRange<Int>? = nil, type: String? = nil, body: String? = nil,
    endpoint: String? = nil
  ) -> FailureRule {
    var rule = FailureRule(action: action)
    rule.statuses = status.map { [$0] } ?? []
    rule.errorType = type
    rule.body = body
    rule.endpoint = endpoint
    return rule
  }

  // MARK: Rules

  @Test(arguments: [#"(?i)model.+GONE"#, "gone for lunch\"}}$", #""type":"invalid_request_error""#])
  func `a refusal that a rule knows goes to the next endpoint`(_ body: String) async throws {
    let first = try ScriptedUpstream(Self.gone)
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: rules(rule(.switchEndpoint, status: 400...400, body: body))) {
      flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.body.text == Answers.joined(Self.frames))
      #expect(first.received.count == 1)
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["next endpoint, failover.rules[0]", "served"])
      #expect(flow.gateway.health.status(of: "first") == .available)
    }
  }

  @Test func `every condition of a rule has to hold`() async throws {
    let misses = [
      rule(.switchEndpoint, status: 500...599, body: "gone"),
      rule(.switchEndpoint, status: 400...400, body: "came"),
      rule(.switchEndpoint, body: "gone", endpoint: "second"),
      rule(.switchEndpoint, type: "overloaded_*", body: "gone"),
    ]
    for miss in misses {
      let first = try ScriptedUpstream(Self.gone)
      let second = try ScriptedUpstream(Answers.whole(Self.frames))
      try await withFlow(first, second, change: rules(miss)) { flow in
        let reply = try await flow.ask().reply()
        #expect(reply.status == 400 && second.received.isEmpty)
      }
    }
  }

  @Test func `a rule can ask for another try`() async throws {
    let first = try ScriptedUpstream(Self.gone, Answers.whole(Self.frames))
    try await withFlow(first, change: rules(rule(.retry, body: "gone", endpoint: "fir*"))) { flow in
      try await expectStatus(flow) { $0 == 200 }
      let decision = try await flow.journaled().attempts.first?.decision
      #expect(decision == "same endpoint, failover.rules[0]")
    }
  }

  @Test func `a rule can send an endpoint to the bench`() async throws {
    let first = try ScriptedUpstream(Self.gone)
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: rules(rule(.bench(.seconds(300)), type: "invalid_*"))) { flow in
      try await expectStatus(flow) { $0 == 200 }
      let until = flow.time.wallMilliseconds + 300_000
      #expect(flow.gateway.health.status(of: "first") == .benched(until: until, cause: "failover.rules[0]"))
    }
  }

  @Test func `a rule can show the client what would be hidden`() async throws {
    let first = try ScriptedUpstream(Answers.status(529, "overloaded_error"))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: rules(rule(.passThrough, type: "overloaded_error"))) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 529 && reply.body.text.contains("scripted 529") && second.received.isEmpty)
    }
  }

  @Test func `a rule knows errors inside a 200, and failures without words`() async throws {
    for (script, rule) in [
      (Answers.whole([Answers.overloaded]), rule(.passThrough, type: "overloaded_error")),
      ([.close], rule(.passThrough, body: #"^127\.0\.0\.1:\d+: "#)),
    ] {
      let first = try ScriptedUpstream(script)
      let second = try ScriptedUpstream(Answers.whole(Self.frames))
      try await withFlow(first, second, change: rules(rule)) { flow in
        try await expectStatus(flow) { $0 >= 500 }
        #expect(first.received.count == 1 && second.received.isEmpty)
      }
    }
  }

  // MARK: Pauses and limits

  @Test func `the second try comes after a pause`() async throws {
    let only = try ScriptedUpstream([.close], Answers.whole(Self.frames))
    try await withFlow(only, change: { $0.failover.backOff = .seconds(2) }) { flow in
      let began = flow.time.now
      async let reply = try flow.ask().reply()
      await flow.turnClock(by: .seconds(2))
      let answer = try await reply
      #expect(answer.status == 200)
      // Between half of the pause and all of it; the clock turns by two seconds.
      #expect(flow.time.now - began == .seconds(2))
      #expect(only.received.count == 2)
    }
  }

  @Test func `a client that leaves in the pause ends the request`() async throws {
    let only = try ScriptedUpstream([.close], Answers.whole(Self.frames))
    try await withFlow(only, change: { $0.failover.backOff = .seconds(2) }) { flow in
      let client = try flow.ask()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(2))
      client.reset()
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .cancelled)
      #expect(only.received.count == 1)
    }
  }

  @Test func `who wants to be left alone for long is left to the next`() async throws {
    let first = try ScriptedUpstream(Answers.status(503, "api_error", fields: ["retry-after": "30"]))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: { $0.failover.backOff = .seconds(2) }) { flow in
      try await expectStatus(flow) { $0 == 200 }
      #expect(first.received.count == 1)
    }
  }

  @Test func `no attempt begins when the budget is spent`() async throws {
    let first = try ScriptedUpstream([.close])
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: { $0.failover.budget = .zero }) { flow in
      try await expectStatus(flow) { $0 == 502 }
      #expect(first.received.count == 1 && second.received.isEmpty)
      let decision = try await flow.journaled().attempts.first?.decision
      #expect(decision == "to client, failover.budget is spent")
    }
  }
}
