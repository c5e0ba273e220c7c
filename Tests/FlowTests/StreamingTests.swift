import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
  @Test func `the first text reaches the client while the endpoint still holds the second`() async throws {
    let second = Gate()
    let frames = Answers.textFrames("Hello", " world")
    let upstream = try ScriptedUpstream(
      [Answers.head] + frames.prefix(3).map { .chunk($0) } + [.wait(second)]
        + frames.dropFirst(3).map { .chunk($0) } + [.end])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      let early = await client.received(text: "Hello")
      #expect(early.contains("Hello") && !early.contains(" world"))
      second.open()
      let reply = await client.reply()
      #expect(reply.isWhole && reply.status == 200)
      #expect(reply.body.text == Answers.joined(frames))
    }
  }

  @Test func `the body goes out byte for byte and the answer comes back so`() async throws {
    let frames = Answers.textFrames("x")
    let upstream = try ScriptedUpstream(Answers.whole(frames))
    try await withFlow(upstream) { flow in
      let reply = try await flow.ask("", path: "/v1/messages").reply()
      #expect(reply.body.text == Answers.joined(frames))
      let sent = try #require(upstream.received.first)
      #expect(
        sent.body.text
          == #"{"model":"claude-test","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hi"}]}"#
      )
      #expect(sent.field("x-api-key") == "key-of-first-endpoint")
      #expect(!sent.head.contains("the-users-own-key"))
      #expect(sent.field("anthropic-version") == "2023-06-01")
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .completed && journaled.record.endpoint == "first")
      #expect(
        journaled.record.report.usage.output == 12 && journaled.record.mirroredBytes == reply.body.count)
      #expect(journaled.attempts.map(\.decision) == ["served"])
      #expect(journaled.body(.responseSent) == nil)
    }
  }

  @Test func `a rewritten model is mapped back`() async throws {
    let upstream = try ScriptedUpstream(
      Answers.whole([Answers.start(model: "other-model")] + Answers.textFrames("x").dropFirst()))
    try await withFlow(upstream) { settings in
      settings.endpoints[0].modelRewrite.isEnabled = true
      settings.endpoints[0].modelRewrite.rules = [
        .init(sourcePattern: "claude-*", targetModel: "other-model")
      ]
    } _: { flow in
      let reply = try await flow.ask().reply()
      #expect(upstream.received.first?.body.text.contains(#""model":"other-model""#) == true)
      #expect(reply.body.text.contains(#""model":"claude-test""#) && !reply.body.text.contains("other-model"))
    }
  }

  @Test func `a held tool leaves as a whole`() async throws {
    let rest = Gate()
    let frames = Answers.toolFrames
    let upstream = try ScriptedUpstream(
      [Answers.head] + frames.prefix(7).map { .chunk($0) } + [.wait(rest)]
        + frames.dropFirst(7).map { .chunk($0) } + [.end])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      let early = await client.received(text: "Let me look.")
      #expect(!early.contains("toolu_1"))
      rest.open()
      #expect(await client.reply().body.text == Answers.joined(frames))
    }
  }

  @Test func `pings keep a waiting client awake, before any content`() async throws {
    let rest = Gate()
    let frames = Answers.textFrames("late")
    let upstream = try ScriptedUpstream(
      [Answers.head, .chunk(frames[0]), .wait(rest)] + frames.dropFirst().map { .chunk($0) } + [.end])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      await flow.time.waitUntilSomethingIsDue(within: .seconds(15))
      flow.time.advance(by: .seconds(15))
      let early = await client.received(text: "event: ping")
      #expect(early.contains("HTTP/1.1 200") && !early.contains("message_start"))
      rest.open()
      let body = await client.reply().body.text
      #expect(body == Answers.ping.text + Answers.joined(frames))
      let journaled = try await flow.journaled()
      #expect(
        journaled.record.mirroredBytes == 0 && journaled.body(.responseSent)?.rawLength == body.utf8.count)
    }
  }

  /// The limit that had passed rang without end until the grace was over, and nobody else was served meanwhile.
  @Test func `a whole answer that stays open keeps nobody waiting, whatever limit it passes`() async throws {
    let frames = Answers.textFrames("all of it")
    let upstream = try ScriptedUpstream(
      [Answers.head] + frames.map { .chunk($0) } + [.awaitClose(Gate())], Answers.whole(frames))
    try await withFlow(upstream) { settings in
      settings.endpoints[0].timeouts.idle = .seconds(1)
    } _: { flow in
      let client = try flow.ask()
      await client.received(text: "message_stop")
      await flow.time.waitUntilSomethingIsDue(within: .seconds(2))
      flow.time.advance(by: .seconds(1))
      let other = try await flow.ask().reply()
      #expect(other.isWhole && other.body.text == Answers.joined(frames))
      flow.time.advance(by: .seconds(1))
      let reply = await client.reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
    }
  }

  @Test func `JSON that answers a streamed request is replayed as events`() async throws {
    let message = Answers.message("whole")
    let upstream = try ScriptedUpstream([
      .head(200, ["content-type": "application/json", "content-length": String(message.utf8.count)]),
      .raw(Bytes(utf8: message)),
    ])
    try await withFlow(upstream) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.head.lowercased().contains("text/event-stream"))
      for part in ["message_start", "msg_j", "whole", "end_turn", "message_stop"] {
        #expect(reply.body.text.contains(part))
      }
      let journaled1 = try await flow.journaled()
      #expect(journaled1.record.report.repairs["V1"] == 1)
      let repaired = flow.gateway.generation.flow.graph.nodes.filter { $0.meter.snapshot.repaired > 0 }
      #expect(repaired.map(\.name) == ["sniff-format"])
    }
  }

  @Test func `events that answer a plain request become one message`() async throws {
    let upstream = try ScriptedUpstream(Answers.whole(Answers.toolFrames))
    try await withFlow(upstream) { flow in
      let reply = try await flow.ask(stream: false).reply()
      #expect(reply.isWhole && reply.head.lowercased().contains("application/json"))
      let text = reply.body.text
      #expect(text.contains(#""stop_reason":"tool_use""#) && text.contains("/etc/hosts"))
    }
  }

  @Test func `count_tokens and other paths are passed on`() async throws {
    let upstream = try ScriptedUpstream(
      [
        .head(200, ["content-type": "application/json", "content-length": "20"]),
        .raw(Bytes(utf8: #"{"input_tokens": 42}"#)),
      ],
      [
        .head(200, ["content-type": "application/json", "content-length": "11"]),
        .raw(Bytes(utf8: #"{"data":[]}"#)),
      ])
    try await withFlow(upstream) { flow in
      let count = try await flow.ask(path: "/v1/messages/count_tokens?beta=true").reply()
      #expect(count.status == 200 && count.body.text == #"{"input_tokens": 42}"#)
      let client = try TestClient(port: flow.port)
      client.send("GET /v1/models?limit=1000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(await client.reply().body.text == #"{"data":[]}"#)
      #expect(
        upstream.received.map { $0.head.split(separator: "\r\n")[0] } == [
          "POST /v1/messages/count_tokens?beta=true HTTP/1.1", "GET /v1/models?limit=1000 HTTP/1.1",
        ])
    }
  }

  @Test func `an endpoint sees its connection close when the client leaves`() async throws {
    let closed = Gate()
    let upstream = try ScriptedUpstream(
      [Answers.head] + Answers.textFrames("Hello").prefix(3).map { .chunk($0) } + [.awaitClose(closed)])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      await client.received(text: "Hello")
      client.close()
      await closed.wait()
      let journaled2 = try await flow.journaled()
      #expect(journaled2.record.outcome == .cancelled)
    }
  }
}
