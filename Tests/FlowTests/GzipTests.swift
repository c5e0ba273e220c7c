import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Endpoints that compress although they were asked not to (V44).
@Suite(.timeLimit(.minutes(1))) struct GzipTests {
  static func head(_ type: String) -> ScriptedUpstream.Action {
    .head(200, ["content-type": type, "content-encoding": "gzip", "transfer-encoding": "chunked"])
  }

  @Test func `a compressed stream is passed on plain, event by event`() async throws {
    let rest = Gate()
    let frames = Answers.textFrames("Hello", " world")
    let gzip = Gzip()
    let packed = frames.enumerated().map { place, frame in
      ScriptedUpstream.Action.chunk(gzip.packing(frame, isLast: place == frames.count - 1))
    }
    let upstream = try ScriptedUpstream(
      [Self.head("text/event-stream")] + packed.prefix(3) + [.wait(rest)] + packed.dropFirst(3) + [.end])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      let early = await client.received(text: "Hello")
      #expect(early.contains("Hello") && !early.contains(" world"))
      rest.open()
      let reply = await client.reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
      #expect(!reply.head.lowercased().contains("content-encoding"))
      let journaled = try await flow.journaled()
      #expect(journaled.body(.responseReceived(attempt: 1))?.rawLength == reply.body.count)
    }
  }

  @Test func `a compressed message is passed on plain`() async throws {
    let message = Answers.message("whole")
    let upstream = try ScriptedUpstream([
      Self.head("application/json"), .chunk(Gzip.packed(Bytes(utf8: message))), .end,
    ])
    try await withFlow(upstream) { flow in
      let reply = try await flow.ask(stream: false).reply()
      #expect(reply.isWhole && reply.body.text == message)
      #expect(!reply.head.lowercased().contains("content-encoding"))
    }
  }

  @Test func `a compressed refusal reaches the client in plain words`() async throws {
    let words = #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}"#
    let upstream = try ScriptedUpstream([
      .head(
        400,
        [
          "content-type": "application/json", "content-encoding": "gzip", "transfer-encoding": "chunked",
        ]),
      .chunk(Gzip.packed(Bytes(utf8: words))), .end,
    ])
    try await withFlow(upstream) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.status == 400 && reply.isWhole && reply.body.text == words)
      #expect(!reply.head.lowercased().contains("content-encoding"))
    }
  }

  @Test func `a compressed stream that is cut before content is replaced`() async throws {
    let packed = Gzip().packing(Answers.start())
    let first = try ScriptedUpstream([Self.head("text/event-stream"), .chunk(packed), .end])
    let frames = Answers.textFrames("from the second")
    try await withFlow(first, try ScriptedUpstream(Answers.whole(frames))) { flow in
      let reply = try await flow.ask().reply()
      #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
    }
  }
}
