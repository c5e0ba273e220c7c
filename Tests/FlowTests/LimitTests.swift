import Gateway
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// So many at once, a line before it, and honest words for who finds it full.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
  static let frames = Answers.textFrames("served")

  /// An endpoint whose first answer waits for the gate.
  static func slow(_ reached: Gate, _ gate: Gate) throws -> ScriptedUpstream {
    try ScriptedUpstream([.reach(reached), .wait(gate)] + Answers.whole(frames), Answers.whole(frames))
  }

  @Test func `who comes when all places are taken waits in line`() async throws {
    let (reached, gate) = (Gate(), Gate())
    let upstream = try Self.slow(reached, gate)
    try await withFlow(upstream) {
      $0.server.slots = .init(concurrent: 1)
    } _: { flow in
      let first = try flow.ask()
      await reached.wait()
      let second = try flow.ask()
      await flow.meter("accept") { $0.running == 1 }
      #expect(upstream.received.count == 1)
      gate.open()
      let (one, two) = (await first.reply(), await second.reply())
      #expect(one.body.text == Answers.joined(Self.frames) && two.body.text == Answers.joined(Self.frames))
    }
  }

  @Test func `who finds the line full is told to come back`() async throws {
    let (reached, gate) = (Gate(), Gate())
    let upstream = try Self.slow(reached, gate)
    try await withFlow(upstream) {
      $0.server.slots = .init(concurrent: 1)
      $0.server.slots.waiting = 0
    } _: { flow in
      let first = try flow.ask()
      await reached.wait()
      let reply = try await flow.ask().reply()
      #expect(reply.status == 529 && reply.head.lowercased().contains("retry-after: 5"))
      #expect(reply.body.text.contains(#""type":"overloaded_error""#) && upstream.received.count == 1)
      gate.open()
      _ = await first.reply()
      // The place is free again.
      try await expectStatus(flow) { $0 == 200 }
    }
  }

  @Test func `who waits too long is told so, who leaves the line is forgotten`() async throws {
    let (reached, gate) = (Gate(), Gate())
    let upstream = try Self.slow(reached, gate)
    try await withFlow(upstream) {
      $0.server.slots = .init(concurrent: 1)
    } _: { flow in
      let first = try flow.ask()
      await reached.wait()
      let gone = try flow.ask()
      await flow.meter("accept") { $0.running == 1 }
      gone.close()
      await flow.meter("accept") { $0.running == 0 }
      let late = try flow.ask()
      // The only one whose patience ends so soon: before it stands in line the clock must not move.
      await flow.time.waitUntilSomethingIsDue(within: .seconds(31))
      flow.time.advance(by: .seconds(31))
      #expect(await late.reply().status == 529)
      gate.open()
      _ = await first.reply()
      try await expectStatus(flow) { $0 == 200 }
    }
  }

  @Test func `a busy endpoint leaves the request to the next, the last one is waited for`() async throws {
    let (reached, gate) = (Gate(), Gate())
    let upstream = try Self.slow(reached, gate)
    let other = try ScriptedUpstream(Answers.status(500, "api_error"), Answers.whole(Self.frames))
    try await withFlow(upstream, other) {
      $0.endpoints[0].maxConcurrent = 1
      $0.failover.triesPerEndpoint = 1
    } _: { flow in
      let first = try flow.ask()
      await reached.wait()
      // The second endpoint's failure is what there is to say.
      let reply = try await flow.ask().reply()
      #expect(reply.status == 529 && other.received.count == 1)
      let answer = try await flow.ask().reply()
      #expect(answer.body.text == Answers.joined(Self.frames) && upstream.received.count == 1)
      gate.open()
      _ = await first.reply()
      try await expectStatus(flow) { $0 == 200 }
      #expect(upstream.received.count == 2)
    }
  }
}
