import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Testing

@testable import Stages

/// `failover.resume: text`: an answer that was cut in its text is carried on by the next endpoint, as one message.
@Suite(.timeLimit(.minutes(2))) struct ResumeTests {
  static let frames = Answers.textFrames("The first half", " of it")

  static func resuming(_ change: @escaping (inout Settings) -> Void = { _ in }) -> (inout Settings) -> Void {
    { settings in
      settings.failover.resume = .text
      change(&settings)
    }
  }

  @Test(arguments: CutTests.endings.indices)
  func `text that is cut goes on in the same block`(_ ending: Int) async throws {
    let first = try ScriptedUpstream(
      Answers.cut(Self.frames, after: 3, by: CutTests.endings[ending]) + [.end])
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames(" and", " the second.")))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let reply = try await flow.ask(#","tool_choice":{"type":"any"}"#).reply()
      let message = try ClientMessage(reply)
      #expect(reply.isWhole && message.text == "The first half and the second.")
      #expect(message.stopReason == "end_turn" && message.outputTokens == 12 + 3)
      #expect(reply.body.text.hasPrefix(Answers.joined(Array(Self.frames.prefix(3)))))
      #expect(reply.body.text.ranges(of: "event: content_block_start").count == 1)
      let body = try #require(second.received.first).body.text
      #expect(
        body.hasPrefix(
          #"{"model":"claude-test","max_tokens":97,"stream":true,"messages":[{"role":"user","content":"hi"},{"role":"user""#
        ))
      #expect(
        body.contains("The first half\\n</shown>") && body.hasSuffix(#""tool_choice":{"type":"auto"}}"#))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["carried on elsewhere", "served"])
      #expect(
        journaled.attempts[1].continuesAt == Answers.joined(Array(Self.frames.prefix(3))).utf8.count)
      #expect(journaled.record.outcome == .completed)
      let reader = try JournalReader(directory: flow.directory)
      #expect(try reader.clientResponse(journaled.record.id) == Array(reply.body))
    }
  }

  @Test(arguments: [
    ("half of it was", "first half of it was said", "first half of it was said"),
    ("It repeats all of the text.", "It repeats all of the text. More", "It repeats all of the text. More"),
    ("A book", "keeper", "A bookkeeper"), ("nothing alike", "x", "nothing alikex"),
  ])
  func `what is repeated at the seam is left out`(_ before: String, _ after: String, _ whole: String)
    async throws
  {
    let shown = whole.hasPrefix(before) ? before : "The first half of it was"
    let expected = whole.hasPrefix(before) ? whole : "The first half of it was said"
    let first = try ScriptedUpstream(Answers.cut(Answers.textFrames(shown), after: 3, by: .reset))
    // In small pieces, as models write.
    let pieces = after.map { Answers.text(String($0)) }
    let end = [Answers.blockStop(), Answers.stopReason("end_turn"), Answers.messageStop]
    let second = try ScriptedUpstream(Answers.whole([Answers.start(), Answers.textStart] + pieces + end))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let reply = try await flow.ask().reply()
      #expect(try ClientMessage(reply).text == expected)
    }
  }

  @Test func `an older model gets its own words to go on with`() async throws {
    let first = try ScriptedUpstream(Answers.cut(Answers.textFrames("One, "), after: 3, by: .reset))
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames(" two")))
    try await withFlow(
      first, second,
      change: Self.resuming { settings in
        settings.endpoints[1].modelRewrite.isEnabled = true
        settings.endpoints[1].modelRewrite.rules = [
          .init(sourcePattern: "*", targetModel: "claude-opus-4-5-20251101")
        ]
      }
    ) { flow in
      let reply = try await flow.ask().reply()
      // White space cannot end a turn, so the model wrote it once more.
      #expect(try ClientMessage(reply).text == "One, two")
      let body = try #require(second.received.first).body.text
      #expect(body.contains(#"{"role":"assistant","content":[{"type":"text","text":"One,"}]}]"#))
    }
  }

  @Test func `after a closed block the continuation opens new ones, tools included`() async throws {
    let held = Array(Answers.toolFrames.prefix(7))
    let first = try ScriptedUpstream(Answers.whole(held))
    let rest =
      [
        Answers.start(), Answers.thinkingStart, Answers.thinking("Hm"), Answers.signature,
        Answers.blockStop(),
      ]
      + Answers.tool(1) + [Answers.stopReason("tool_use"), Answers.messageStop]
    let second = try ScriptedUpstream(Answers.whole(rest))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let reply = try await flow.ask().reply()
      let message = try ClientMessage(reply)
      #expect(message.text == "Let me look." && message.stopReason == "tool_use")
      #expect(message.calls == [#"Read({"file_path":"\/etc\/hosts"})"#])
      // Thinking that is bound to a conversation the client never has stays here.
      #expect(!reply.body.text.contains("thinking"))
    }
  }

  @Test func `a compatible endpoint goes on too`() async throws {
    let first = try ScriptedUpstream(Answers.cut(Self.frames, after: 3, by: .reset))
    let second = try ScriptedUpstream(OpenAI.script(ChatStream().text(" and").text(" more").end()))
    try await withFlow(first, second, change: Self.resuming(OpenAI.at(1))) { flow in
      let reply = try await flow.ask().reply()
      #expect(try ClientMessage(reply).text == "The first half and more")
    }
  }

  @Test func `a continuation that fails is tried at the next endpoint, and in the end the connection drops`()
    async throws
  {
    let first = try ScriptedUpstream(Answers.cut(Self.frames, after: 3, by: .reset))
    let second = try ScriptedUpstream(Answers.status(500, "api_error"))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let reply = try await flow.ask().reply()
      // The first is asked once more in the end; what it says is cut again, and twice is enough.
      #expect(!reply.isWhole && reply.body.text.hasPrefix(Answers.joined(Array(Self.frames.prefix(3)))))
      #expect(first.received.count == 2 && second.received.count == 1)
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .failed)
      #expect(journaled.attempts.map(\.decision) == ["carried on elsewhere", "next endpoint", "dropped"])
    }
  }

  @Test(arguments: [5, 6])
  func `a continuation that has nothing to add ends the message`(_ count: Int) async throws {
    let first = try ScriptedUpstream(Answers.cut(Self.frames, after: count - 1, by: .reset))
    let second = try ScriptedUpstream(
      Answers.whole([
        Answers.start(), Answers.textStart, Answers.blockStop(), Answers.stopReason("end_turn"),
        Answers.messageStop,
      ]))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let reply = try await flow.ask().reply()
      let message = try ClientMessage(reply)
      #expect(reply.isWhole && message.text == "The first half of it" && message.stopReason == "end_turn")
    }
  }

  @Test func `half a JSON document is not carried on`() async throws {
    let first = try ScriptedUpstream(Answers.cut(Self.frames, after: 3, by: .reset))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let format = #","output_config":{"format":{"type":"json_schema","schema":{}}}"#
      let reply = try await flow.ask(format).reply()
      #expect(!reply.isWhole && second.received.isEmpty)
    }
  }

  @Test func `a request that is moved by hand goes to the next endpoint`() async throws {
    let reached = Gate()
    let first = try ScriptedUpstream([.reach(reached), .awaitClose(Gate())])
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      let client = try flow.ask()
      await reached.wait()
      let id = try #require(flow.gateway.running.all.first).id
      #expect(flow.gateway.running.move(id, askedBy: "a test"))
      let reply = await client.reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(Self.frames))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["next endpoint", "served"])
      #expect(journaled.attempts[0].failureDetail == "Moved to another endpoint: a test.")
      #expect(flow.gateway.health.status(of: "first") == .available)
      #expect(!flow.gateway.running.move(id, askedBy: "a test") && flow.gateway.running.all.isEmpty)
    }
  }

  @Test func `text that is moved by hand goes on elsewhere`() async throws {
    let shown = Array(Self.frames.prefix(3))
    let first = try ScriptedUpstream([Answers.head] + shown.map { .chunk($0) } + [.awaitClose(Gate())])
    let second = try ScriptedUpstream(Answers.whole(Answers.textFrames(" goes on")))
    try await withFlow(first, second, change: Self.resuming()) { flow in
      let client = try flow.ask()
      await client.received { TestReply($0, ending: nil).body.text == Answers.joined(shown) }
      flow.time.advance(by: .seconds(3))
      _ = flow.gateway.running.move(try #require(flow.gateway.running.all.first).id, askedBy: "a test")
      let reply = await client.reply()
      #expect(try ClientMessage(reply).text == "The first half goes on")
      let record = try await flow.journaled().record
      #expect(record.firstContent == .zero, "the client had content before the second was asked")
    }
  }
}

@Suite struct ContinuationRequestTests {
  @Test(arguments: [
    ("claude-opus-4-5-20251101", true), ("claude-haiku-4-5", true), ("claude-3-5-sonnet-20241022", true),
    ("claude-sonnet-4-20250514", true), ("claude-2.1", true), ("claude-opus-4-6", false),
    ("claude-sonnet-5-5", false), ("claude-fable-5-1", false), ("glm-4.5", false), ("claude-mythos", false),
    ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true),
  ])
  func `who takes the beginning of an answer`(_ model: String, _ takes: Bool) {
    #expect(ContinuationRequest.takesPrefill(model) == takes)
  }
}
