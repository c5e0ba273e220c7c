import HTTPTypes
import Pipeline
import ProxyTesting
import Testing
import Transport

/// Endpoints behind a SOCKS5 proxy. The name of the endpoint is one that only the proxy knows.
@Suite(.timeLimit(.minutes(1))) struct SOCKSTests {
  static let account = (username: "me", password: "a secret")

  func ask(_ proxy: UpstreamProxy) async throws -> String? {
    let transport = try CurlTransport()
    defer { transport.close() }
    let request = UpstreamRequest(
      method: .post, url: "http://endpoint.invalid:8080/v1/messages", body: Bytes(utf8: "{}"), proxy: proxy)
    return try await transport.start(request, time: ManualTime()).makeAsyncIterator().next()?.text
  }

  func withProxy(
    account: (username: String, password: String)? = nil,
    _ body: (SOCKSProxy, ScriptedUpstream) async throws -> Void
  ) async throws {
    let upstream = try ScriptedUpstream([.head(200, ["content-length": "2"]), .raw(Bytes(utf8: "ok"))])
    let proxy = try SOCKSProxy(to: upstream.port, account: account)
    defer {
      proxy.stop()
      upstream.stop()
    }
    try await body(proxy, upstream)
  }

  @Test func `the proxy resolves the name`() async throws {
    try await withProxy { proxy, upstream in
      let answer = try await ask(proxy.settings())
      #expect(answer == "ok")
      #expect(proxy.asked == [.init(name: "endpoint.invalid", port: 8080)])
      #expect(upstream.received.first?.field("host") == "endpoint.invalid:8080")
      #expect(upstream.received.first?.head.hasPrefix("POST /v1/messages HTTP/1.1") == true)
    }
  }

  @Test func `the client logs in with its credentials`() async throws {
    try await withProxy(account: Self.account) { proxy, upstream in
      let answer = try await ask(proxy.settings(username: "me", password: "a secret"))
      #expect(answer == "ok")
      #expect(proxy.asked == [.init(name: "endpoint.invalid", port: 8080, username: "me")])
      #expect(upstream.received.count == 1)
    }
  }

  @Test(arguments: [nil, "wrong"])
  func `without the right ones nothing reaches the endpoint`(_ password: String?) async throws {
    try await withProxy(account: Self.account) { proxy, upstream in
      let failure = await #expect(throws: ProxyFailure.self) {
        try await ask(proxy.settings(username: password.map { _ in "me" }, password: password))
      }
      #expect(failure?.code == .connectFailed)
      #expect(failure?.detail.contains("wrong") == false)
      #expect(proxy.asked.isEmpty && upstream.connectionCount == 0)
    }
  }

  @Test func `a proxy that is not there is a failed connection`() async throws {
    let failure = await #expect(throws: ProxyFailure.self) {
      try await ask(UpstreamProxy(kind: .socks5, address: "127.0.0.1:1"))
    }
    #expect(failure?.code == .connectFailed)
  }
}

extension SOCKSProxy {
  /// How a client is told to use it.
  fileprivate func settings(username: String? = nil, password: String? = nil) -> UpstreamProxy {
    UpstreamProxy(
      kind: .socks5, address: "127.0.0.1:\(port)", username: username, password: password.map { Secret($0) })
  }
}
