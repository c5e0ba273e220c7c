import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Every kind of fault at every place of an answer, in every mode, with and without another endpoint: what the
/// client has in the end is decided by the place alone, and is one valid message or an honest failure.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultMatrixTests {
  static let second = Answers.textFrames(Fault.secondText)

  @Test(arguments: Fault.all)
  func `the client gets exactly what the place allows`(_ fault: Fault) async throws {
    let first = try ScriptedUpstream(fault.script)
    let second = try ScriptedUpstream(Answers.whole(Self.second))
    if fault.hasSecond {
      try await withFlow(first, second, change: fault.configure) { try await expect(fault, $0) }
    } else {
      try await withFlow(first, change: fault.configure) { try await expect(fault, $0) }
    }
    second.stop()
  }

  func expect(_ fault: Fault, _ flow: FlowHarness) async throws {
    let client = try flow.ask()
    // A cut is noticed by itself, silence only by the clock, once everything before it has been read.
    if fault.kind == .stall {
      await flow.meter("parse-sse") { $0.emitted >= fault.count }
      await flow.turnClock(by: Fault.idle)
    }
    let reply = await client.reply()
    let journaled = try await flow.journaled()
    try expectReply(fault, reply)
    expectJournal(fault, journaled)
    let reader = try JournalReader(directory: flow.directory)
    if reply.status == 200 {
      #expect(try reader.clientResponse(journaled.record.id) == Array(reply.body))
    }
  }

  func expectReply(_ fault: Fault, _ reply: TestReply) throws {
    let starts = reply.body.text.ranges(of: "event: message_start").count
    switch fault.expected {
    case .error: #expect(reply.status >= 500 && reply.isWhole && starts == 0)
    case .second: #expect(reply.isWhole && reply.body.text == Answers.joined(Self.second))
    case .dropped:
      #expect(!reply.isWhole && starts == 1 && !reply.body.text.contains("message_stop"))
      #expect(OpenAI.text(of: reply) == fault.text)
    case .whole, .endedEarly, .continued:
      let message = try ClientMessage(reply)
      #expect(reply.isWhole && starts == 1)
      #expect(message.text == fault.text + (fault.expected == .continued ? Fault.secondText : ""))
      #expect(message.calls.count == fault.calls)
      #expect((message.stopReason == "tool_use") == (fault.calls > 0))
    }
  }

  func expectJournal(_ fault: Fault, _ journaled: ExchangeDetail) {
    let decisions = journaled.attempts.map(\.decision)
    let isFailed = fault.expected == .error || fault.expected == .dropped
    #expect(journaled.record.outcome == (isFailed ? .failed : .completed))
    switch fault.expected {
    case .error: #expect(decisions.last == "to client")
    case .second: #expect(decisions.last == "served" && journaled.record.endpoint == "second")
    case .whole: #expect(decisions == ["served"])
    case .endedEarly: #expect(decisions == ["ended after a tool call"])
    case .dropped: #expect(decisions.last == "dropped")
    case .continued: #expect(decisions == ["carried on elsewhere", "served"])
    }
    let failed = journaled.attempts.filter { $0.decision != "served" }
    #expect(failed.allSatisfy { $0.failureCode != nil && $0.failureStage != nil })
  }
}
