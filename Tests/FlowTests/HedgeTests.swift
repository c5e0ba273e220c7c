import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// `failover.hedge_after`: a second endpoint is asked while the first keeps the client waiting.
@Suite(.timeLimit(.minutes(1))) struct HedgeTests {
  static let frames = Answers.textFrames("from the first")
  static let second = Answers.textFrames("from the second")

  static func hedging(_ settings: inout Settings) {
    settings.failover.hedgeAfter = .seconds(3)
    settings.failover.triesPerEndpoint = 1
  }

  @Test(arguments: [true, false])
  func `who has content first serves, the other is cancelled`(_ isStreamed: Bool) async throws {
    let (reached, cancelled) = (Gate(), Gate())
    let first = try ScriptedUpstream([.reach(reached), .awaitClose(cancelled)])
    let message = Answers.message("from the second")
    let second = try ScriptedUpstream(
      isStreamed
        ? Answers.whole(Self.second)
        : [
          .head(200, ["content-type": "application/json", "content-length": "\(message.utf8.count)"]),
          .raw(Bytes(utf8: message)),
        ])
    try await withFlow(first, second, change: Self.hedging) { flow in
      let client = try flow.ask(stream: isStreamed)
      await reached.wait()
      await flow.turnClock(by: .seconds(3))
      let reply = await client.reply()
      #expect(reply.isWhole && OpenAI.text(of: reply) == "from the second")
      #expect(reply.head.lowercased().contains("second"))
      await cancelled.wait()
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["another endpoint was quicker", "served"])
      #expect(journaled.record.endpoint == "second" && journaled.record.outcome == .completed)
      let reader = try JournalReader(directory: flow.directory)
      #expect(try reader.clientResponse(journaled.record.id) == Array(reply.body))
    }
  }

  @Test func `the first may still win`() async throws {
    let (reached, asked, gate, cancelled) = (Gate(), Gate(), Gate(), Gate())
    let first = try ScriptedUpstream([.reach(reached), .wait(gate)] + Answers.whole(Self.frames))
    let second = try ScriptedUpstream([.reach(asked), .awaitClose(cancelled)])
    try await withFlow(first, second, change: Self.hedging) { flow in
      let client = try flow.ask()
      await reached.wait()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(3), or: Gate())
      flow.time.advance(by: .seconds(3))
      await asked.wait()
      gate.open()
      let reply = await client.reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(Self.frames))
      await cancelled.wait()
      let journaled = try await flow.journaled()
      #expect(Set(journaled.attempts.map(\.decision)) == ["served", "hedge"])
      #expect(flow.gateway.health.status(of: "second") == .available)
    }
  }

  /// An alarm of the second that had rung rang without end, and the whole proxy stood still.
  @Test func `the second speaks to the client when the first is over, and not before`() async throws {
    let (reached, asked, isOver, rest) = (Gate(), Gate(), Gate(), Gate())
    let first = try ScriptedUpstream([.reach(reached), .wait(isOver), .reset])
    let second = try ScriptedUpstream(
      [.reach(asked), Answers.head, .chunk(Self.second[0]), .wait(rest)]
        + Self.second.dropFirst().map { .chunk($0) } + [.end])
    try await withFlow(first, second) { settings in
      Self.hedging(&settings)
      for place in settings.endpoints.indices {
        settings.endpoints[place].timeouts.firstByte = .seconds(100_000)
        settings.endpoints[place].timeouts.idle = .seconds(100_000)
        settings.endpoints[place].timeouts.progress = .seconds(100_000)
      }
    } _: { flow in
      let client = try flow.ask()
      await reached.wait()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(3), or: Gate())
      flow.time.advance(by: .seconds(3))
      await asked.wait()
      await flow.meter("parse-sse") { $0.emitted > 0 }
      await flow.time.waitUntilSomethingIsDue(within: .seconds(15))
      flow.time.advance(by: .seconds(15))
      isOver.open()
      async let turning: Void = flow.turnClock(by: .seconds(15))
      await client.received(text: "event: ping")
      rest.open()
      let reply = await client.reply()
      await turning
      let pings = reply.body.text.ranges(of: Answers.ping.text).count
      #expect(pings > 0 && reply.isWhole)
      #expect(
        reply.body.text.replacing(Answers.ping.text, with: "") == Answers.joined(Self.second))
      let journaled = try await flow.journaled()
      #expect(Set(journaled.attempts.map(\.decision)) == ["another endpoint was quicker", "served"])
    }
  }

  @Test func `nobody else is asked when content comes in time, or a failure does`() async throws {
    let first = try ScriptedUpstream(Answers.whole(Self.frames), Answers.status(529, "overloaded_error"))
    let second = try ScriptedUpstream(Answers.whole(Self.second))
    try await withFlow(first, second, change: Self.hedging) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.body.text == Answers.joined(Self.frames) && second.received.isEmpty)
      let other = try await flow.ask().reply()
      #expect(other.body.text == Answers.joined(Self.second) && second.received.count == 1)
    }
  }

  @Test func `a client that leaves cancels both`() async throws {
    let (reached, asked) = (Gate(), Gate())
    let (one, two) = (Gate(), Gate())
    let first = try ScriptedUpstream([.reach(reached), .awaitClose(one)])
    let second = try ScriptedUpstream([.reach(asked), .awaitClose(two)])
    try await withFlow(first, second, change: Self.hedging) { flow in
      let client = try flow.ask()
      await reached.wait()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(3), or: Gate())
      flow.time.advance(by: .seconds(3))
      await asked.wait()
      client.close()
      await one.wait()
      await two.wait()
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .cancelled)
      #expect(journaled.attempts.map(\.decision) == ["cancelled", "cancelled"])
    }
  }
}
