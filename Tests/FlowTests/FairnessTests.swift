import Pipeline
import ProxyTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct FairnessTests {
  @Test func `an answer that never pauses does not hold up another`() async throws {
    let over = Gate()
    let frames = Answers.textFrames("Hello", " world")
    let text = Answers.joined(Array(repeating: Answers.text("more and more of the same words"), count: 500))
    let upstream = try ScriptedUpstream(
      [Answers.head] + frames.prefix(3).map { .chunk($0) } + [.flood(Bytes(utf8: text), until: over), .end],
      Answers.whole(frames))
    try await withFlow(upstream) { flow in
      let flooded = try TestClient(port: flow.port, reads: false)
      let started = Gate()
      flooded.startDiscarding { if $0 > 8 << 20 { started.open() } }
      try flow.ask(on: flooded)
      await started.wait()
      for _ in 0..<5 {
        let reply = try await flow.ask().reply()
        #expect(reply.isWhole && reply.body.text == Answers.joined(frames))
        #expect(!over.isOpen)
      }
      over.open()
      flooded.close()
    }
  }
}
