import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// A cut at every place of an answer: the place alone decides what the client gets.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EveryCutTests {
  static let cases: [Cut] = CutAnswer.all.flatMap { answer in
    (0...answer.frames.count).flatMap { count in
      Cut.Ending.allCases.flatMap { ending in
        [true, false].map { Cut(answer: answer, count: count, ending: ending, hasSecond: $0) }
      }
    }
  }

  static let second = Answers.textFrames("from the second")

  @Test(arguments: cases)
  func `the client gets one whole message or part of one`(_ cut: Cut) async throws {
    let first = try ScriptedUpstream(cut.script)
    let second = try ScriptedUpstream(Answers.whole(Self.second))
    if cut.hasSecond {
      try await withFlow(first, second, change: cut.configure) { try await expect(cut, first, second, $0) }
    } else {
      try await withFlow(first, change: cut.configure) { try await expect(cut, first, second, $0) }
    }
    second.stop()
  }

  func expect(
    _ cut: Cut, _ first: ScriptedUpstream, _ second: ScriptedUpstream, _ flow: FlowHarness
  ) async throws {
    let client = try flow.ask()
    if cut.ending == .stall {
      let visible = Answers.joined(Array(cut.answer.frames.prefix(cut.visible))).utf8.count
      await client.received { TestReply($0, ending: nil).body.count >= visible }
      await flow.turnClock(by: Cut.idle)
    }
    let reply = await client.reply()
    let journaled = try await flow.journaled()
    expectReply(cut, reply)
    expectJournal(cut, journaled)
    #expect(first.received.count == (cut.place == .unseen ? cut.tries : 1))
    #expect(second.received.count == (cut.place == .unseen && cut.hasSecond ? 1 : 0))
  }

  func expectReply(_ cut: Cut, _ reply: TestReply) {
    let text = reply.body.text
    let shown = Answers.joined(Array(cut.answer.frames.prefix(cut.visible)))
    switch cut.place {
    case .unseen where cut.hasSecond:
      #expect(reply.status == 200 && reply.isWhole && text == Answers.joined(Self.second))
    case .unseen:
      #expect(reply.status >= 500 && reply.isWhole && text.hasPrefix(#"{"type":"error""#))
    case .dropped: #expect(!reply.isWhole && text == shown)
    case .endedEarly:
      #expect(reply.isWhole && text.hasPrefix(shown))
      let end = text.dropFirst(shown.count)
      #expect(end.hasPrefix("event: message_delta\n") && end.hasSuffix(Answers.messageStop.text))
      #expect(end.ranges(of: "event: ").count == 2 && end.contains(#""stop_reason":"tool_use""#))
    case .whole: #expect(reply.isWhole && text == Answers.joined(cut.answer.frames))
    }
  }

  func expectJournal(_ cut: Cut, _ journaled: ExchangeDetail) {
    let (record, attempts) = (journaled.record, journaled.attempts)
    let failed = attempts.filter { $0.failureCode != nil }
    let failure = cut.failure
    #expect(failed.allSatisfy { $0.failureCode == failure.code.rawValue && $0.failureStage == failure.stage })
    #expect(failed.allSatisfy { $0.failureRule == failure.rule })
    switch cut.place {
    case .unseen:
      var decisions = Array(repeating: "same endpoint", count: cut.tries - 1)
      decisions += cut.hasSecond ? ["next endpoint", "served"] : ["to client"]
      #expect(attempts.map(\.decision) == decisions && failed.count == cut.tries)
      #expect(record.outcome == (cut.hasSecond ? .completed : .failed))
    case .dropped:
      #expect(attempts.map(\.decision) == ["dropped"] && failed.count == 1 && record.outcome == .failed)
    case .endedEarly:
      #expect(attempts.map(\.decision) == ["ended after a tool call"] && failed.count == 1)
      #expect(record.outcome == .completed)
    case .whole:
      #expect(attempts.map(\.decision) == ["served"] && failed.isEmpty && record.outcome == .completed)
      #expect(record.report.repairs == (cut.count < cut.answer.frames.count ? ["V33": 1] : [:]))
    }
  }
}
