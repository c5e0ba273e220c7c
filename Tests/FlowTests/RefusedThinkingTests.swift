import Foundation
import Gateway
import HTTPTypes
import Journal
import Logging
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Thinking in the history that an endpoint refuses: asked again without it, the client sees one answer.
@Suite(.timeLimit(.minutes(2))) struct RefusedThinkingTests {
  static let frames = Answers.textFrames("without the thinking")

  static func thinking(_ signature: String) -> String {
    #"{"type":"thinking","thinking":"hm","signature":\#(signature.jsonQuoted)}"#
  }

  static let text = #"{"type":"text","text":"hello"}"#
  static let foreign = thinking("ForeignSignature==")

  static func body(_ content: String..., extra: String = "") -> String {
    #"{"model":"claude-test","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[\#(content.joined(separator: ","))]},{"role":"user","content":"go on"}]\#(extra)}"#
  }

  static func refusal(_ words: String, status: Int = 400) -> ScriptedUpstream.Script {
    let body = #"{"type":"error","error":{"type":"invalid_request_error","message":\#(words.jsonQuoted)}}"#
    return [
      .head(status, ["content-type": "application/json", "content-length": String(body.utf8.count)]),
      .raw(Bytes(utf8: body)),
    ]
  }

  static let invalidSignature = "messages.1.content.0: Invalid `signature` in `thinking` block"

  /// What endpoints say, as reported in public.
  static let refusals = [
    invalidSignature,
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to \"drop_block\".",
    "messages.5.content.1: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
    "messages.1.content.0.thinking.signature: Field required",
    "messages.1.content.0.thinking.signature: Input should be a valid string",
    "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    "messages.1.content.0: When thinking is disabled, an `assistant` message in the final position cannot contain `thinking`.",
    #"InvokeModel: ValidationException: {\"message\":\"***.content.0: Invalid `signature` in `thinking` block\"} (request id: 1)"#,
  ]

  func post(_ flow: FlowHarness, _ body: String) throws -> TestClient {
    let client = try TestClient(port: flow.port)
    client.post("/v1/messages?beta=true", body)
    return client
  }

  @Test(arguments: refusals)
  func `one retry at the same endpoint without the refused thinking`(_ words: String) async throws {
    let only = try ScriptedUpstream(Self.refusal(words), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      let reply = try await post(flow, Self.body(Self.foreign, Self.text)).reply()
      #expect(reply.status == 200 && reply.isWhole)
      #expect(reply.body.text == Answers.joined(Self.frames))
      #expect(only.received.map(\.body.text) == [Self.body(Self.foreign, Self.text), Self.body(Self.text)])
      let journaled = try await flow.journaled()
      #expect(journaled.record.outcome == .completed && journaled.record.attempts == 2)
      #expect(journaled.attempts.map(\.endpoint) == ["first", "first"])
      #expect(journaled.attempts.map(\.decision) == ["same endpoint without thinking", "served"])
      #expect(journaled.attempts.map(\.status) == [400, 200])
      #expect(flow.gateway.health.status(of: "first") == .available)
    }
  }

  @Test func `the verdict holds for the turns that follow`() async throws {
    let only = try ScriptedUpstream(
      Self.refusal(Self.invalidSignature), Answers.whole(Self.frames), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      _ = try await post(flow, Self.body(Self.foreign, Self.text)).reply()
      let next = #","metadata":{"user_id":"later"}"#
      let reply = try await post(flow, Self.body(Self.foreign, Self.text, extra: next)).reply()
      #expect(reply.status == 200)
      #expect(only.received.count == 3)
      #expect(only.received.last?.body.text == Self.body(Self.text, extra: next))
    }
  }

  @Test func `the endpoint's own thinking stays when a stranger's is refused`() async throws {
    let answer = [
      Answers.start(),
      Answers.frame(
        "content_block_start", #""index":0,"content_block":{"type":"thinking","thinking":"","signature":""}"#),
      Answers.frame(
        "content_block_delta", #""index":0,"delta":{"type":"signature_delta","signature":"OwnSignature=="}"#),
      Answers.blockStop(), Answers.stopReason("max_tokens"), Answers.messageStop,
    ]
    let own = Self.thinking("OwnSignature==")
    let only = try ScriptedUpstream(
      Answers.whole(answer), Self.refusal(Self.invalidSignature), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      _ = try await flow.ask().reply()
      let reply = try await post(flow, Self.body(own, Self.foreign, Self.text)).reply()
      #expect(reply.status == 200)
      #expect(only.received.count == 3)
      #expect(only.received.last?.body.text == Self.body(own, Self.text))
    }
  }

  // regressions.md 19
  @Test func `thinking that passed from one endpoint never reaches another`() async throws {
    let answer = [
      Answers.start(),
      Answers.frame(
        "content_block_start", #""index":0,"content_block":{"type":"redacted_thinking","data":"RD1"}"#),
      Answers.blockStop(), Answers.stopReason("max_tokens"), Answers.messageStop,
    ]
    let first = try ScriptedUpstream(Answers.whole(answer), Answers.status(529, "overloaded_error"))
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      _ = try await flow.ask().reply()
      let body = Self.body(#"{"type":"redacted_thinking","data":"RD1"}"#, Self.text)
      let reply = try await post(flow, body).reply()
      #expect(reply.body.text == Answers.joined(Self.frames))
      #expect(first.received.last?.body.text == body)
      #expect(second.received.map(\.body.text) == [Self.body(Self.text)])
    }
  }

  @Test func `a second refusal goes to the client as it is`() async throws {
    let second = Self.refusal(
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`.")
    let only = try ScriptedUpstream(Self.refusal(Self.invalidSignature), second)
    try await withFlow(only) { flow in
      let reply = try await post(flow, Self.body(Self.foreign, Self.text)).reply()
      #expect(reply.status == 400)
      guard case .raw(let words) = second[1] else { return }
      #expect(reply.body == words)
      #expect(only.received.count == 2)
      let journaled = try await flow.journaled()
      #expect(journaled.attempts.map(\.decision) == ["same endpoint without thinking", "to client"])
    }
  }

  @Test(arguments: [
    // Nothing to do without.
    (invalidSignature, text),
    // Less thinking would not help.
    ("messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.", foreign),
    ("thinking.type.enabled is not supported for this model. Use thinking.type.adaptive", foreign),
    ("messages.1: text content blocks must be non-empty", foreign),
  ])
  func `other refusals are not retried`(_ words: String, _ block: String) async throws {
    let only = try ScriptedUpstream(Self.refusal(words), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      let reply = try await post(flow, Self.body(block, Self.text)).reply()
      #expect(reply.status == 400)
      #expect(only.received.count == 1)
    }
  }

  @Test func `a refusal within an event stream is mended too`() async throws {
    let error = Answers.frame(
      "error",
      #""error":{"type":"invalid_request_error","message":\#(Self.invalidSignature.jsonQuoted)}"#)
    let only = try ScriptedUpstream(Answers.whole([error]), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      let reply = try await post(flow, Self.body(Self.foreign, Self.text)).reply()
      #expect(reply.body.text == Answers.joined(Self.frames))
      #expect(only.received.last?.body.text == Self.body(Self.text))
    }
  }

  @Test func `the retry has its own try, so a network fault after it is retried as ever`() async throws {
    let only = try ScriptedUpstream(Self.refusal(Self.invalidSignature), [.close], Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      let reply = try await post(flow, Self.body(Self.foreign, Self.text)).reply()
      #expect(reply.status == 200)
      #expect(only.received.count == 3)
    }
  }

  @Test func `our own marker never reaches an endpoint, nor does a reload forget`() async throws {
    let only = try ScriptedUpstream(
      Self.refusal(Self.invalidSignature), Answers.whole(Self.frames), Answers.whole(Self.frames))
    try await withFlow(only) { flow in
      let body = Self.body(Self.thinking("px1.deepseek.9f3c"), Self.foreign, Self.text)
      _ = try await post(flow, body).reply()
      #expect(only.received.first?.body.text == Self.body(Self.foreign, Self.text))
      try flow.gateway.reload(flow.gateway.generation.settings)
      _ = try await post(flow, body).reply()
      #expect(only.received.count == 3)
      #expect(only.received.last?.body.text == Self.body(Self.text))
    }
  }
}

@Suite struct ReasoningFileTests {
  static func withDirectory(_ body: (Settings.Logging) async throws -> Void) async throws {
    var settings = Settings.Logging()
    settings.directory = FileManager.default.temporaryDirectory.path + "/reasoning-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: settings.directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: settings.directory) }
    try await body(settings)
  }

  static func file(_ settings: Settings.Logging, _ time: ManualTime = ManualTime()) -> ReasoningFile {
    ReasoningFile(settings, time: time, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  static func mode(_ settings: Settings.Logging) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(settings.directory)/reasoning.jsonl")[
      .posixPermissions]
      as? Int
  }

  static let call = RememberedToolCall(id: "k1", extraContent: #"{"google":{}}"#)

  @Test func `what was learnt is there after a restart, for the owner only`() async throws {
    try await Self.withDirectory { settings in
      let memory = Self.file(settings).load()
      memory.remember(toolCall: Self.call, as: "toolu_1")
      Self.file(settings).save(memory)
      #expect(Self.file(settings).load().toolCall("toolu_1") == Self.call)
      let mode = try Self.mode(settings)
      #expect(mode == 0o600)
      let files = try FileManager.default.contentsOfDirectory(atPath: settings.directory)
      #expect(files == ["reasoning.jsonl"])
    }
  }

  @Test func `it is stored every few minutes, and once more at the end`() async throws {
    try await Self.withDirectory { settings in
      let (time, memory, stopping) = (ManualTime(), ReasoningMemory(), Gate())
      let file = Self.file(settings, time)
      async let saved: Void = file.keepSaving(memory, until: stopping)
      await time.waitUntilSomethingIsDue(within: .seconds(300))
      memory.remember(toolCall: Self.call, as: "toolu_1")
      time.advance(by: .seconds(300))
      await time.waitUntilSomethingIsDue(within: .seconds(300))
      #expect(file.load().toolCall("toolu_1") == Self.call)
      memory.remember(toolCall: Self.call, as: "toolu_2")
      stopping.open()
      await saved
      #expect(file.load().toolCall("toolu_2") == Self.call)
    }
  }

  @Test func `nothing is stored when the journal keeps no answers`() async throws {
    try await Self.withDirectory { settings in
      var settings = settings
      settings.responseBody = .none
      let memory = ReasoningMemory()
      memory.remember(toolCall: Self.call, as: "toolu_1")
      Self.file(settings).save(memory)
      let files = try FileManager.default.contentsOfDirectory(atPath: settings.directory)
      #expect(files == [])
    }
  }

  @Test func `a directory that cannot be written costs a warning only`() {
    var settings = Settings.Logging()
    settings.directory = "/nonexistent/for/sure"
    Self.file(settings).save(ReasoningMemory())
    #expect(Self.file(settings).load().revision == 0)
  }
}
