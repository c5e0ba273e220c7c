import Foundation
import Gateway
import HTTPTypes
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Claude Code's requests at OpenAI-compatible endpoints, through the whole proxy on real sockets.
@Suite(.timeLimit(.minutes(2))) struct OpenAITests {
  @Test func `streams a translated answer`() async throws {
    let only = try ScriptedUpstream(OpenAI.script(ChatStream().text("Hel").text("lo").end()))
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.isWhole)
      #expect(reply.head.lowercased().contains("content-type: text/event-stream"))
      #expect(
        OpenAI.types(of: reply) == [
          "message_start", "content_block_start", "content_block_delta", "content_block_delta",
          "content_block_stop", "message_delta", "message_stop",
        ])
      #expect(OpenAI.text(of: reply) == "Hello")

      let sent = try #require(only.received.first)
      #expect(sent.head.hasPrefix("POST /v1/chat/completions HTTP/1.1"))
      #expect(sent.field("authorization") == "Bearer sk-of-the-provider-1234")
      #expect(sent.field("x-api-key") == nil && sent.field("anthropic-version") == nil)
      let body = OpenAI.object(sent.body)
      #expect(body["model"] as? String == "claude-test" && body["stream"] as? Bool == true)
      let messages = body["messages"] as? [[String: Any]]
      #expect(messages?.first?["content"] as? String == "hi")

      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .completed)
      #expect(journaled.record.report.usage.input == 40 && journaled.record.report.usage.output == 4)
      #expect(journaled.attempts.map(\.decision) == ["served"])
      #expect(journaled.attempts.first?.url == only.url + "/v1/chat/completions")
    }
  }

  @Test func `answers a request that does not stream with one message`() async throws {
    let only = try ScriptedUpstream(OpenAI.json(OpenAI.completion))
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(stream: false).reply()
      #expect(reply.status == 200 && reply.isWhole)
      let message = OpenAI.object(reply.body)
      #expect(message["type"] as? String == "message" && message["stop_reason"] as? String == "end_turn")
      #expect(message["model"] as? String == "claude-test", "as the client asked for it")
      #expect(OpenAI.text(of: reply) == "whole")
      #expect((message["usage"] as? [String: Any])?["input_tokens"] as? Int == 7)
    }
  }

  @Test func `events in place of one message become one`() async throws {
    let only = try ScriptedUpstream(OpenAI.script(ChatStream().text("streamed").end()))
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(stream: false).reply()
      #expect(reply.status == 200 && OpenAI.text(of: reply) == "streamed")
    }
  }

  @Test func `one message in place of events becomes events`() async throws {
    let only = try ScriptedUpstream(OpenAI.json(OpenAI.completion))
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && OpenAI.types(of: reply).last == "message_stop")
      #expect(OpenAI.text(of: reply) == "whole")
    }
  }

  @Test func `a tool call comes back with the endpoint's own id`() async throws {
    let call = ChatStream().call(0, id: "call_abc", name: "Read", #"{"path":"#).call(0, #""/a"}"#)
    let only = try ScriptedUpstream(
      OpenAI.script(call.end("tool_calls")), OpenAI.script(ChatStream().text("done").end()))
    let tools = #","tools":[{"name":"Read","input_schema":{"type":"object","properties":{}}}]"#
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(tools).reply()
      let start = OpenAI.events(of: reply).first { $0["type"] as? String == "content_block_start" }
      let block = try #require(start?["content_block"] as? [String: Any])
      let id = try #require(block["id"] as? String)
      #expect(id.hasPrefix("toolu_px_") && block["name"] as? String == "Read")
      let client = try TestClient(port: flow.port)
      client.post(
        "/v1/messages",
        #"{"model":"m","max_tokens":9,"stream":true\#(tools),"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"tool_use","id":"\#(id)","name":"Read","input":{"path":"/a"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","content":"text"}]}]}"#
      )
      #expect(OpenAI.text(of: await client.reply()) == "done")
      let messages = OpenAI.object(try #require(only.received.last).body)["messages"] as? [[String: Any]]
      let calls = messages?[1]["tool_calls"] as? [[String: Any]]
      #expect(calls?.first?["id"] as? String == "call_abc")
      #expect(messages?[2]["tool_call_id"] as? String == "call_abc")
    }
  }

  @Test func `what is lost on the way is in the journal`() async throws {
    let only = try ScriptedUpstream(OpenAI.script(ChatStream().text("ok").end()))
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      _ = try await flow.ask(#","top_k":5"#).reply()
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.first?.degradations == ["sampling_dropped at top_k"])
      #expect(journaled.bodies.map(\.part).contains(.requestSent(attempt: 1)))
      #expect(journaled.bodies.map(\.part).contains(.responseSent))
    }
  }

  // MARK: Whole answers without an end of the connection

  @Test(arguments: [true, false])
  func `an endpoint that does not close makes nobody wait for long`(_ isOpenAI: Bool) async throws {
    let isDone = Gate()
    let script: ScriptedUpstream.Script =
      isOpenAI
      ? OpenAI.script(ChatStream().text("ok").end(), ending: [.wait(isDone)])
      : [Answers.head] + Answers.textFrames("ok").map { .chunk($0) } + [.wait(isDone)]
    let only = try ScriptedUpstream(script)
    defer { isDone.open() }
    try await withFlow(only, change: isOpenAI ? OpenAI.at(0) : { _ in }) { flow in
      let began = flow.time.now
      async let reply = try flow.ask().reply()
      await flow.turnClock(by: .seconds(2))
      let whole = try await reply
      #expect(whole.isWhole && OpenAI.text(of: whole) == "ok")
      #expect(flow.time.now - began <= .seconds(4))
      #expect(try await flow.journaled().record.outcome == .completed)
    }
  }

  // MARK: Answers that need no endpoint

  // regressions.md 27
  @Test func `tokens are estimated here`() async throws {
    let only = try ScriptedUpstream([.close])
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(stream: false, path: "/v1/messages/count_tokens").reply()
      #expect(reply.status == 200 && reply.isWhole)
      let count = try #require(OpenAI.object(reply.body)["input_tokens"] as? Int)
      #expect((2...30).contains(count))
      #expect(only.received.isEmpty)
      #expect(flow.gateway.health.status(of: "first") == .available)
    }
  }

  @Test func `tokens are counted by the endpoint that is named`() async throws {
    let chat = try ScriptedUpstream([.close])
    let claude = try ScriptedUpstream(OpenAI.json(#"{"input_tokens":4711}"#))
    let change = OpenAI.at(0)
    try await withFlow(
      chat, claude,
      change: { settings in
        change(&settings)
        settings.endpoints[0].countTokens = .forward(to: "second")
      }
    ) { flow in
      let reply = try await flow.ask(stream: false, path: "/v1/messages/count_tokens").reply()
      #expect(reply.body.text == #"{"input_tokens":4711}"#)
      #expect(chat.received.isEmpty && claude.received.count == 1)
    }
  }

  @Test(arguments: [true, false])
  func `nothing to generate is answered at once`(stream: Bool) async throws {
    let only = try ScriptedUpstream([.close])
    try await withFlow(only, change: OpenAI.at(0)) { flow in
      let client = try TestClient(port: flow.port)
      client.post(
        "/v1/messages",
        #"{"model":"m","max_tokens":0,"stream":\#(stream),"messages":[{"role":"user","content":"warm"}]}"#)
      let reply = await client.reply()
      #expect(reply.status == 200 && reply.isWhole && only.received.isEmpty)
      if stream {
        #expect(OpenAI.types(of: reply) == ["message_start", "message_delta", "message_stop"])
      } else {
        #expect(OpenAI.object(reply.body)["stop_reason"] as? String == "end_turn")
      }
      #expect(try await flow.journaled().record.outcome == .completed)
    }
  }

  @Test func `an endpoint with nothing to say is an answer if nobody does better`() async throws {
    let empty = OpenAI.script(ChatStream().end("stop", 0))
    let (one, two) = (try ScriptedUpstream(empty), try ScriptedUpstream(empty))
    try await withFlow(one, two, change: OpenAI.at(0, 1)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.isWhole)
      #expect(OpenAI.types(of: reply) == ["message_start", "message_delta", "message_stop"])
      #expect(!one.received.isEmpty && !two.received.isEmpty)
    }
  }
}
