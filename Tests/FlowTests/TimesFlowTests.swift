import Journal
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimesFlowTests {
  @Test func `the journal knows when each part of a streamed answer came`() async throws {
    let rest = Gate()
    let frames = Answers.textFrames("Hello", " world")
    let actions = Answers.whole(frames)
    let upstream = try ScriptedUpstream(
      Array(actions.prefix(3)) + [.wait(rest)] + Array(actions.dropFirst(3)))
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      await flow.meter("parse-sse") { $0.emitted >= 2 }
      flow.time.advance(by: .seconds(2))
      rest.open()
      _ = await client.reply()
      let detail = try await flow.journaled()
      let reader = try JournalReader(directory: flow.directory)
      let marks = try reader.times(of: detail.record.id, attempt: 1)
      #expect(marks.map(\.microseconds) == [0, 2_000_000])
      let timeline = EventTimeline(
        Bytes(try reader.body(detail.record.id, .responseReceived(attempt: 1))), marks: marks, hasEnd: true,
        isTruncated: false, dialect: .anthropic, expectation: AnswerExpectation(model: "claude-test"))
      #expect(timeline.events.count == frames.count && timeline.violation == nil)
      #expect(timeline.events.first?.microseconds == 0 && timeline.events.last?.microseconds == 2_000_000)
    }
  }

  @Test func `and those of a cut answer and of a whole message`() async throws {
    let cut = try ScriptedUpstream(Answers.cut(Answers.textFrames("Hello"), after: 2, by: .end))
    try await withFlow(cut) { flow in
      _ = try await flow.ask().reply()
      let detail = try await flow.journaled()
      let reader = try JournalReader(directory: flow.directory)
      for attempt in detail.attempts {
        #expect(try reader.times(of: detail.record.id, attempt: attempt.number).map(\.offset) == [0])
      }
      #expect(!detail.attempts.isEmpty)
    }
    let message = Answers.message("whole")
    let whole = try ScriptedUpstream([
      .head(200, ["content-type": "application/json", "content-length": String(message.utf8.count)]),
      .raw(Bytes(utf8: message)),
    ])
    try await withFlow(whole) { flow in
      _ = try await flow.ask(stream: false).reply()
      let detail = try await flow.journaled()
      let marks = try JournalReader(directory: flow.directory).times(of: detail.record.id, attempt: 1)
      #expect(marks == [ArrivalMark(offset: 0, microseconds: 0)])
    }
  }
}
