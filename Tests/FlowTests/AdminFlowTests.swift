import Admin
import Foundation
import Gateway
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// The admin side over real sockets, beside the proxy's own traffic.
@Suite(.timeLimit(.minutes(1))) struct AdminFlowTests {
  static let frames = Answers.textFrames("from the second")

  private func ask(
    _ flow: FlowHarness, _ line: String, _ fields: String = ""
  ) async throws -> TestReply {
    let client = try TestClient(port: flow.port)
    client.send(
      "\(line) HTTP/1.1\r\nHost: localhost\r\n\(fields)Content-Length: 0\r\nConnection: close\r\n\r\n")
    return await client.reply()
  }

  private func token(_ flow: FlowHarness) async throws -> String {
    try await JSON(ask(flow, "GET /admin/api/session").body)["csrf_token"]?.text ?? ""
  }

  @Test func `lists what is under way and moves it`() async throws {
    let reached = Gate()
    let first = try ScriptedUpstream([.reach(reached), .awaitClose(Gate())])
    let second = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(first, second) { flow in
      let client = try flow.ask()
      await reached.wait()
      let list = try await JSON(ask(flow, "GET /admin/api/requests").body)
      let entry = try #require(list["requests"]?.array?.first)
      #expect(entry["model"]?.text == "claude-test" && entry["endpoint"]?.text == "first")
      #expect(entry["stage"]?.text == "call-upstream" && entry["since_byte_ms"] == .null)
      #expect(InFlight.schema.problems(in: entry) == [])
      let id = entry["id"]?.text ?? ""
      #expect(try await ask(flow, "POST /admin/api/requests/\(id)/move").status == 403)
      let order = "x-csrf-token: \(try await token(flow))\r\n"
      #expect(try await ask(flow, "POST /admin/api/requests/nothing/move", order).status == 404)
      let moved = try await ask(flow, "POST /admin/api/requests/\(id)/move", order)
      #expect(moved.status == 200 && moved.body.text == #"{"moved":true}"#)
      let answer = await client.reply()
      #expect(answer.body.text == Answers.joined(Self.frames))
      let journaled = try await flow.journaled()
      #expect(journaled.attempts[0].failureDetail?.contains("by hand, from 127.0.0.1") == true)
    }
  }

  @Test func `the client's token opens nothing here`() async throws {
    try await withFlow {
      $0.server.authToken = Secret("the-token-of-this-proxy")
      $0.webAdmin.passwordHash = Secret(Self.hash)
    } _: { flow in
      let known = "x-api-key: the-token-of-this-proxy\r\n"
      let (api, page) = (
        try await ask(flow, "GET /admin/api/requests", known), try await ask(flow, "GET /admin/")
      )
      #expect(api.status == 401 && page.status == 200)
    }
  }

  /// Of nobody's password: its hash is all zeros.
  static let hash =
    "scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

  @Test func `the snapshot counts what went through`() async throws {
    let upstream = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(upstream) { flow in
      _ = try await flow.ask().reply()
      _ = try await flow.journaled()
      let snapshot = try await JSON(ask(flow, "GET /admin/api/snapshot").body)
      #expect(Snapshot.schema.problems(in: snapshot) == [])
      #expect(snapshot["newest"]?.array?.first?["outcome"]?.text == "completed")
      #expect(snapshot["event_latency_us"] != .null)
      let endpoint = try #require(snapshot["endpoints"]?.array?.first)
      #expect(endpoint["name"]?.text == "first" && endpoint["state"]?.text == "available")
      #expect(endpoint["reliability"]?["requests"] == 1 && endpoint["in_flight"] == 0)
      let nodes = snapshot["nodes"]?.array ?? []
      #expect(nodes.first { $0["name"]?.text == "accept" }?["received"] == 1)
      let metrics = try await ask(flow, "GET /metrics").body.text
      #expect(metrics.contains(#"companion_requests_total{outcome="completed",code="",endpoint="first"} 1"#))
      #expect(metrics.contains(#"companion_attempts_total{endpoint="first"} 1"#))
    }
  }

  @Test func `the graph leads from the client to the client`() async throws {
    try await withFlow { flow in
      let graph = try await JSON(ask(flow, "GET /admin/api/graph").body)
      #expect(Graph.schema.problems(in: graph) == [])
      let edges = graph["edges"]?.array ?? []
      let entered = Set(edges.compactMap { $0["to"]?.text })
      let names = graph["nodes"]?.array?.compactMap { $0["name"]?.text } ?? []
      #expect(names.filter { !entered.contains($0) } == ["accept"])
      #expect(edges.contains { $0["from"]?.text == "failover" && $0["to"]?.text == "client" })
    }
  }

  @Test func `who looks sees a request while it runs, and the stream goes on when the viewer leaves`()
    async throws
  {
    let (started, goOn) = (Gate(), Gate())
    let upstream = try ScriptedUpstream(
      [Answers.head] + Self.frames.prefix(3).map { .chunk($0) } + [.reach(started), .wait(goOn)]
        + Self.frames.dropFirst(3).map { .chunk($0) } + [.end])
    try await withFlow(upstream) { flow in
      let client = try flow.ask()
      await started.wait()
      _ = await client.received(text: "content_block_delta")
      let viewer = try TestClient(port: flow.port)
      viewer.send("GET /admin/api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let text = await viewer.received(text: "\n\n\r\n")
      #expect(text.contains("text/event-stream") && text.contains("event: snapshot"))
      #expect(text.contains(#""stage":"validate-protocol""#) && text.contains(#""outcome":"open""#))
      viewer.close()
      goOn.open()
      #expect(await client.reply().body.text == Answers.joined(Self.frames))
    }
  }

  @Test func `settings that would open it to everybody are not taken`() async throws {
    try await withFlow { flow in
      var open = flow.gateway.generation.settings
      open.server.host = "0.0.0.0"
      #expect(throws: StartupProblem.self) { try flow.gateway.reload(open) }
      #expect(flow.gateway.generation.number == 1)
      open.webAdmin.isEnabled = false
      try flow.gateway.reload(open)
      #expect(flow.gateway.generation.number == 2)
      #expect(try await ask(flow, "GET /admin/").status == 404)
    }
  }

  @Test func `logins that take their time leave streams alone`() async throws {
    let upstream = try ScriptedUpstream(Answers.whole(Self.frames))
    try await withFlow(upstream) {
      $0.webAdmin.passwordHash = Secret(Self.hash)
    } _: { flow in
      let logins = try (0..<3).map { _ in
        let client = try TestClient(port: flow.port)
        client.post("/admin/api/session", #"{"password":"wrong one"}"#)
        return client
      }
      // Answered while scrypt runs, on another thread than the one that moves bytes.
      #expect(await flowAnswer(flow) == Answers.joined(Self.frames))
      for login in logins { #expect(await login.reply().status == 401) }
    }
  }

  private func flowAnswer(_ flow: FlowHarness) async -> String? {
    try? await flow.ask().reply().body.text
  }
}
