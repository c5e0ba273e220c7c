import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// Moving a request by hand over HTTP: for the user of this machine, not for pages in their browser.
@Suite(.timeLimit(.minutes(1))) struct ControlTests {
  static let frames = Answers.textFrames("from the second")

  func order(_ flow: FlowHarness, _ line: String, _ fields: String) async throws -> TestReply {
    let client = try TestClient(port: flow.port)
    client.send("\(line) HTTP/1.1\r\n\(fields)Content-Length: 0\r\nConnection: close\r\n\r\n")
    return await client.reply()
  }

  @Test func `lists what is under way and moves it`() async throws {
    let reached = Gate()
    let first = try ScriptedUpstream([.reach(reached), .awaitClose(Gate())])
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      let client = try flow.ask()
      await reached.wait()
      let id = try #require(flow.gateway.running.all.first).id
      let list = try await order(flow, "GET /admin/api/requests", "Host: 127.0.0.1:1\r\n")
      #expect(
        list.body.text.hasPrefix(#"{"requests":[{"id":"\#(id)","model":"claude-test","endpoint":"first""#))
      let path = "POST /admin/api/requests/\(id)/move"
      // A page of another origin, a name that points here, and a plain form.
      for fields in [
        "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nx-companion-control: 1\r\n",
        "Host: evil.example\r\nx-companion-control: 1\r\n", "Host: localhost\r\n",
      ] {
        let reply = try await order(flow, path, fields)
        #expect(reply.status == 403)
      }
      let unknown = try await order(
        flow, "POST /admin/api/requests/nothing/move", "Host: localhost\r\nx-companion-control: 1\r\n")
      #expect(unknown.status == 404)
      let moved = try await order(flow, path, "Host: localhost\r\nx-companion-control: 1\r\n")
      #expect(moved.status == 200 && moved.body.text == #"{"moved":true}"#)
      let answer = await client.reply()
      #expect(answer.body.text == Answers.joined(Self.frames))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts[0].failureDetail?.contains("by hand, from 127.0.0.1") == true)
    }
  }

  @Test func `wants the token where there is one`() async throws {
    try await withFlow {
      $0.server.authToken = Secret("the-token-of-this-proxy")
    } _: { flow in
      let stranger = try await order(flow, "GET /admin/api/requests", "Host: localhost\r\n")
      let known = try await order(
        flow, "GET /admin/api/requests", "Host: localhost\r\nx-api-key: the-token-of-this-proxy\r\n")
      #expect(stranger.status == 401 && known.status == 200)
    }
  }
}
