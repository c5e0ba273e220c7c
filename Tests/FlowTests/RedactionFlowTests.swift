import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedactionFlowTests {
  @Test func `a key in the query reaches the endpoint and not the journal`() async throws {
    let upstream = try ScriptedUpstream(Answers.whole(Answers.textFrames("x")))
    try await withFlow(upstream) { flow in
      let path = "/v1/messages?beta=true&key=very-secret-0001&api_key=very-secret-0002&token=very-secret-0003"
      let reply = try await flow.ask(path: path).reply()
      #expect(reply.status == 200)
      #expect(upstream.received.first?.head.hasPrefix("POST \(path) HTTP/1.1") == true)
      let journaled = try await flow.journaled()
      let shown = "\(journaled)"
      #expect(!shown.contains("very-secret"))
      #expect(journaled.record.query == "beta=true&key=ver…0001&api_key=ver…0002&token=ver…0003")
      #expect(journaled.attempts.first?.url.hasSuffix("token=ver…0003") == true)
    }
  }
}
