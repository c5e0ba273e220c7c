import Foundation
import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Anthropic and OpenAI-compatible endpoints behind each other: the request is translated for each attempt, and
/// the client sees one answer of one kind.
@Suite(.timeLimit(.minutes(2))) struct MixedFailoverTests {
  static let chat = ChatStream().text("from chat").end()
  static let frames = Answers.textFrames("from claude")

  @Test func `an Anthropic endpoint fails over to a compatible one`() async throws {
    let claude = try ScriptedUpstream(Answers.status(529, "overloaded_error"))
    let chat = try ScriptedUpstream(OpenAI.script(Self.chat))
    try await withFlow(claude, chat, change: OpenAI.at(1)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.isWhole && OpenAI.text(of: reply) == "from chat")
      #expect(
        claude.received.first?.body.text.hasPrefix(#"{"model":"claude-test","max_tokens":100,"#) == true)
      #expect(chat.received.first?.head.hasPrefix("POST /v1/chat/completions ") == true)
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["next endpoint", "served"])
    }
  }

  /// Faults of a compatible endpoint before its first content.
  static let faults: [(name: String, script: ScriptedUpstream.Script, tries: Int)] = [
    ("HTTP 500", OpenAI.error("boom", status: 500), 2),
    ("HTTP 401", OpenAI.error("Incorrect API key provided", status: 401), 1),
    ("HTTP 429", OpenAI.error("Rate limit reached", status: 429), 1),
    ("HTTP 404", OpenAI.error("The model does not exist", status: 404), 1),
    (
      "an error inside a 200",
      OpenAI.script(ChatStream().data(#"{"error":{"message":"overloaded","code":529}}"#)), 1
    ),
    ("an error as JSON with status 200", OpenAI.json(#"{"error":{"message":"no capacity","code":503}}"#), 1),
    ("a stream without an end", OpenAI.script(ChatStream().delta(#""role":"assistant""#)), 2),
    ("a cut before content", OpenAI.script(ChatStream().delta(#""role":"assistant""#), ending: [.reset]), 2),
    ("a chunk that is no JSON", OpenAI.script(ChatStream().data("{nonsense")), 2),
    ("a web page", OpenAI.json("<html></html>", ["content-type": "text/html"]), 1),
    ("an empty completion", OpenAI.script(ChatStream().end("stop", 0)), 1),
    (
      "a call it could not read itself",
      OpenAI.json(
        #"{"error":{"message":"Failed to call a function","code":"tool_use_failed"}}"#, status: 400), 2
    ),
  ]

  @Test(arguments: faults.indices)
  func `a compatible endpoint fails over to an Anthropic one`(_ index: Int) async throws {
    let fault = Self.faults[index]
    let chat = try ScriptedUpstream(fault.script)
    let claude = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(chat, claude, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && reply.isWhole, "\(fault.name)")
      #expect(reply.body.text == Answers.joined(Self.frames), "\(fault.name)")
      #expect(chat.received.count == fault.tries, "\(fault.name)")
      #expect(claude.received.first?.field("anthropic-version") == "2023-06-01")
    }
  }

  @Test(arguments: [
    (401, "Incorrect API key provided", 502, "api_error"),
    (429, "Rate limit reached", 429, "rate_limit_error"),
    (400, "messages: bad", 400, "invalid_request_error"), (503, "overloaded", 529, "overloaded_error"),
  ])
  func `with no other endpoint the client gets an error of Anthropic's kind`(
    status: Int, words: String, seen: Int, type: String
  ) async throws {
    let chat = try ScriptedUpstream(OpenAI.error(words, status: status, ["retry-after": "7"]))
    try await withFlow(chat, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == seen && reply.isWhole)
      let error = OpenAI.object(reply.body)["error"] as? [String: Any]
      #expect(error?["type"] as? String == type)
      #expect((error?["message"] as? String)?.contains(words) == true)
      #expect(reply.head.lowercased().contains("retry-after: 7"))
    }
  }

  @Test func `an answer that is cut after its first words never ends as if it were whole`() async throws {
    let chat = try ScriptedUpstream(OpenAI.script(ChatStream().text("half"), ending: [.reset]))
    let claude = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(chat, claude, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(!reply.isWhole && !reply.body.text.contains("message_stop"))
      #expect(!reply.body.text.contains("end_turn"))
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .failed)
      #expect(journaled.attempts.map(\.decision) == ["dropped"])
      #expect(claude.received.isEmpty)
    }
  }

  // MARK: What cannot be said in the other protocol

  @Test func `what cannot be translated goes to an Anthropic endpoint`() async throws {
    let chat = try ScriptedUpstream([.close])
    let claude = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(chat, claude, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(#","thread":{"id":"t"}"#).reply()
      #expect(reply.status == 200 && reply.body.text == Answers.joined(Self.frames))
      #expect(chat.received.isEmpty)
      let record = try await flow.journaled().record
      #expect(record.skipped.contains { $0.hasPrefix("first: thread: ") })
      #expect(flow.gateway.health.status(of: "first") == .available)
    }
  }

  @Test func `what cannot be translated anywhere is refused clearly`() async throws {
    let chat = try ScriptedUpstream([.close])
    try await withFlow(chat, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(#","thread":{"id":"t"}"#).reply()
      #expect(reply.status == 400 && reply.body.text.contains(#""error_code":"thread_unsupported_request""#))
    }
  }

  @Test func `tools that run at Anthropic go there`() async throws {
    let chat = try ScriptedUpstream([.close])
    let claude = try ScriptedUpstream(Answers.whole(Self.frames))
    let search = #","tools":[{"type":"web_search_20250305","name":"web_search"}]"#
    try await withFlow(chat, claude, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(search).reply()
      #expect(reply.body.text == Answers.joined(Self.frames) && chat.received.isEmpty)
    }
    let alone = try ScriptedUpstream([.close])
    try await withFlow(alone, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask(search).reply()
      #expect(reply.status == 200 && reply.isWhole && reply.body.text.contains("unavailable"))
      #expect(alone.received.isEmpty)
    }
  }

  // MARK: Parameters nobody knows (Q27)

  @Test func `a parameter that is not known is left out from then on`() async throws {
    let chat = try ScriptedUpstream(
      OpenAI.error("Unrecognized request argument supplied: stream_options", status: 400),
      OpenAI.script(Self.chat), OpenAI.script(Self.chat))
    try await withFlow(chat, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 200 && OpenAI.text(of: reply) == "from chat")
      let asked = chat.received.map { OpenAI.object($0.body).keys.contains("stream_options") }
      #expect(asked == [true, false])
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["same endpoint without parameter", "served"])
      #expect(flow.gateway.health.status(of: "first") == .available)
      _ = try await flow.ask().reply()
      #expect(chat.received.count == 3)
      #expect(OpenAI.object(try #require(chat.received.last).body)["stream_options"] == nil)
    }
  }

  @Test func `a refusal that names nothing of the request is the client's`() async throws {
    let chat = try ScriptedUpstream(OpenAI.error("unsupported value: 'messages[0].role'", status: 400))
    try await withFlow(chat, change: OpenAI.at(0)) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 400)
      #expect(chat.received.count == 1)
    }
  }
}
