import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Faults after the client has seen part of an answer: never repeated text, never a clean end on half of it.
@Suite(.timeLimit(.minutes(1))) struct CutTests {
  static let endings: [ScriptedUpstream.Action] = [.reset, .close, .end, .chunk(Answers.overloaded)]

  @Test(arguments: endings.indices)
  func `text that is cut drops the connection and benches the endpoint`(_ ending: Int) async throws {
    let frames = Answers.textFrames("Half", " an answer")
    let first = try ScriptedUpstream(Answers.cut(frames, after: 3, by: Self.endings[ending]) + [.end])
    let second = try ScriptedUpstream(Answers.whole(frames))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(!reply.isWhole)
      #expect(reply.body.text == Answers.joined(Array(frames.prefix(3))))
      #expect(second.received.isEmpty)
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .failed && journaled.attempts.map(\.decision) == ["dropped"])
      // The client's retry goes elsewhere.
      let answer1 = try await flow.ask().reply()
      #expect(answer1.body.text == Answers.joined(frames))
      #expect(first.received.count == 1 && second.received.count == 1)
    }
  }

  @Test(arguments: endings.indices)
  func `a cut after a complete tool ends the message gracefully`(_ ending: Int) async throws {
    let first = try ScriptedUpstream(
      Answers.cut(Answers.toolFrames, after: 9, by: Self.endings[ending]) + [.end])
    let second = try ScriptedUpstream(Answers.whole(Answers.toolFrames))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole)
      #expect(reply.body.text.hasPrefix(Answers.joined(Array(Answers.toolFrames.prefix(9)))))
      #expect(reply.body.text.contains(#""stop_reason":"tool_use""#))
      #expect(reply.body.text.hasSuffix(Answers.messageStop.text))
      #expect(second.received.isEmpty)
    }
  }

  @Test(arguments: endings.indices)
  func `a cut after the stop reason is completed`(_ ending: Int) async throws {
    let frames = Answers.textFrames("All of it")
    let first = try ScriptedUpstream(
      Answers.cut(frames, after: frames.count - 1, by: Self.endings[ending]) + [.end])
    try await withFlow(first) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
      let journaled2 = try await flow.journaled()
      #expect(journaled2.record.report.repairs["V33"] == 1)
      let meters = flow.gateway.generation.flow.graph.nodes.map(\.meter)
      #expect(meters.first { $0.name == "validate-protocol" }?.snapshot.repaired == 1)
    }
  }

  @Test func `a partial event after message_stop harms nobody`() async throws {
    let frames = Answers.textFrames("All of it")
    let only = try ScriptedUpstream(Answers.whole(frames + [Bytes(utf8: "event: pi")]))
    try await withFlow(only) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["served"])
      #expect(journaled.record.report.repairs == [:] && journaled.attempts.first?.failureCode == nil)
      // The same as the answer to a plain request.
      let whole = try await flow.ask(stream: false).reply()
      #expect(whole.status == 200 && whole.body.text.contains("All of it"))
      #expect(only.received.count == 2)
    }
  }

  @Test(arguments: Violation.all)
  func `a broken rule after text drops the connection`(_ violation: Violation) async throws {
    let frames = Array(Answers.textFrames("Half").prefix(4)) + violation.frames(1)
    let first = try ScriptedUpstream(Answers.whole(frames))
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("from the second")))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      #expect(!reply.isWhole && second.received.isEmpty)
      #expect(reply.body.text.hasPrefix(Answers.joined(Array(frames.prefix(4)))))
      #expect(Answers.joined(frames).hasPrefix(reply.body.text) && !reply.body.text.contains("toolu_"))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["dropped"])
      #expect(journaled.attempts.first?.failureCode == violation.code.rawValue)
      #expect(journaled.attempts.first?.failureRule == violation.rule)
    }
  }

  @Test(arguments: Violation.all)
  func `a broken rule after a complete tool ends the message gracefully`(
    _ violation: Violation
  ) async throws {
    let shown = Array(Answers.toolFrames.prefix(9))
    let first = try ScriptedUpstream(Answers.whole(shown + violation.frames(2)))
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames("from the second")))
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask().reply()
      let text = reply.body.text
      #expect(reply.isWhole && second.received.isEmpty)
      #expect(text.hasPrefix(Answers.joined(shown)) && text.hasSuffix(Answers.messageStop.text))
      #expect(text.ranges(of: #""stop_reason":"tool_use""#).count == 1 && !text.contains("toolu_2"))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["ended after a tool call"])
      #expect(journaled.attempts.first?.failureRule == violation.rule)
    }
  }

  @Test func `content after the stop reason is cut off`() async throws {
    let frames = Answers.textFrames("All of it")
    let first = try ScriptedUpstream(Answers.whole(Array(frames.dropLast()) + [Answers.textStart(1)]))
    try await withFlow(first) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
      let journaled = try await flow.journaled()
      #expect(journaled.record.report.repairs == ["V33": 1])
    }
  }

  @Test func `a cut inside a held tool after text drops the connection, the tool unseen`() async throws {
    let first = try ScriptedUpstream(Answers.cut(Answers.toolFrames, after: 7, by: .reset))
    try await withFlow(first) { flow in
      let reply = try await flow.ask().reply()
      #expect(!reply.isWhole && !reply.body.text.contains("toolu_1"))
    }
  }

  @Test func `complete mode retries a cut that came after text`() async throws {
    let frames = Answers.textFrames("Half", " an answer")
    let first = try ScriptedUpstream(Answers.cut(frames, after: 4, by: .reset))
    let second = try ScriptedUpstream(Answers.whole(frames))
    try await withFlow(first, second) {
      $0.failover.commit = .complete
    } _: { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
    }
  }

  @Test func `a plain answer that is cut is retried whole`() async throws {
    let message = Answers.message("whole")
    let head = ScriptedUpstream.Action.head(
      200, ["content-type": "application/json", "content-length": String(message.utf8.count)])
    let first = try ScriptedUpstream([head, .raw(Bytes(utf8: String(message.prefix(80)))), .close])
    let second = try ScriptedUpstream([head, .raw(Bytes(utf8: message))])
    try await withFlow(first, second) { flow in
      let reply = try await flow.ask(stream: false).reply()
      #expect(reply.status == 200 && reply.body.text == message)
      #expect(first.received.count == 2)
    }
  }
}
