import HTTPTypes
import Pipeline
import ProxyTesting
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct CurlTests {
  let transport: CurlTransport
  let time = ManualTime()

  init() throws { transport = try CurlTransport() }

  func start(_ upstream: ScriptedUpstream, _ change: (inout UpstreamRequest) -> Void = { _ in })
    -> AnswerStream
  {
    var request = UpstreamRequest(
      method: .post, url: upstream.url + "/v1/messages", fields: [.contentType: "application/json"],
      body: Bytes(utf8: "{}"))
    change(&request)
    return transport.start(request, time: time)
  }

  /// Reads to the end, or to the failure.
  func readAll(_ stream: AnswerStream) async throws(ProxyFailure) -> Bytes {
    var all: [UInt8] = []
    let chunks = stream.makeAsyncIterator()
    while let chunk = try await chunks.next() { all += chunk }
    return Bytes(all)
  }

  static let chunked = ScriptedUpstream.Action.head(200, ["transfer-encoding": "chunked", "x-a": "1"])

  @Test func `sends exactly the fields it was given`() async throws {
    let upstream = try ScriptedUpstream([.head(204, [:])])
    let stream = start(upstream) { request in
      request.fields = [.contentType: "application/json", .init("X-Empty")!: "", .userAgent: "claude-cli/2"]
    }
    let head = try #require(try await stream.head())
    #expect(head.status == 204)
    let sent = try #require(upstream.received.first)
    let names = sent.head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }
    #expect(
      names.sorted() == [
        "accept-encoding", "content-length", "content-type", "host", "user-agent", "x-empty",
      ])
    #expect(sent.field("accept-encoding") == "identity" && sent.body.text == "{}")
    upstream.stop()
    transport.close()
  }

  @Test func `the first chunk arrives while the second is still held`() async throws {
    let rest = Gate()
    let upstream = try ScriptedUpstream([
      Self.chunked, .chunk(Bytes(utf8: "one")), .wait(rest), .chunk(Bytes(utf8: "two")), .end,
    ])
    let stream = start(upstream)
    #expect(try await stream.head()?.fields[.init("x-a")!] == "1")
    let chunks = stream.makeAsyncIterator()
    #expect(try await chunks.next() == Bytes(utf8: "one"))
    rest.open()
    #expect(try await chunks.next() == Bytes(utf8: "two"))
    #expect(try await chunks.next() == nil)
    upstream.stop()
    transport.close()
  }

  @Test func `a hundred requests use one connection`() async throws {
    let upstream = try ScriptedUpstream([.head(200, ["content-length": "2"]), .raw(Bytes(utf8: "ok"))])
    for _ in 0..<100 {
      let body = try await readAll(start(upstream))
      #expect(body.text == "ok")
    }
    #expect(upstream.connectionCount == 1)
    upstream.stop()
    transport.close()
  }

  @Test func `interim answers and redirects are not followed`() async throws {
    let upstream = try ScriptedUpstream(
      [
        .raw(Bytes(utf8: "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")),
        .head(302, ["location": "http://127.0.0.1:1/", "content-length": "0"]),
      ])
    let stream = start(upstream)
    let head = try #require(try await stream.head())
    #expect(head.status == 302 && head.fields[.init("link")!] == nil)
    upstream.stop()
    transport.close()
  }

  @Test(arguments: [
    ([ScriptedUpstream.Action.close], ProxyFailure.Code.connectionLost),
    ([.reset], .connectionLost),
    ([.raw(Bytes(utf8: "garbage\r\n\r\n")), .close], .connectionLost),
    ([.head(200, ["content-length": "10"]), .raw(Bytes(utf8: "half")), .close], .truncated),
    ([chunked, .chunk(Bytes(utf8: "half")), .close], .truncated),
    ([chunked, .raw(Bytes(utf8: "5\r\nab")), .close], .truncated),
    (
      [.head(200, ["content-encoding": "gzip", "content-length": "4"]), .raw(Bytes(utf8: "nope"))],
      .undecodableBody
    ),
  ])
  func `a broken answer is a failure of its kind`(
    _ script: ScriptedUpstream.Script, _ code: ProxyFailure.Code
  ) async throws {
    let upstream = try ScriptedUpstream(script)
    let failure = await #expect(throws: ProxyFailure.self) { _ = try await readAll(start(upstream)) }
    #expect(failure?.code == code && failure?.stage == "call-upstream" && failure?.origin == .upstream)
    upstream.stop()
    transport.close()
  }

  @Test func `a refused connection and an unknown name are told apart`() async throws {
    let upstream = try ScriptedUpstream([.close])
    let refused = await #expect(throws: ProxyFailure.self) {
      _ = try await readAll(start(upstream) { $0.url = "http://127.0.0.1:1/" })
    }
    #expect(refused?.code == .connectFailed)
    let unknown = await #expect(throws: ProxyFailure.self) {
      _ = try await readAll(start(upstream) { $0.url = "http://no-such-host.invalid/" })
    }
    #expect(unknown?.code == .resolveFailed && unknown?.detail.contains("no-such-host.invalid") == true)
    transport.close()
  }

  @Test func `a request can go through an HTTP proxy with its own credentials`() async throws {
    let proxy = try ScriptedUpstream([.head(200, ["content-length": "2"]), .raw(Bytes(utf8: "ok"))])
    let stream = start(proxy) { request in
      request.url = "http://endpoint.example/v1/messages"
      request.proxy = UpstreamProxy(
        kind: .http, address: "127.0.0.1:\(proxy.port)", username: "me", password: Secret("secret"))
    }
    #expect(try await readAll(stream).text == "ok")
    let seen = try #require(proxy.received.first)
    #expect(seen.head.hasPrefix("POST http://endpoint.example/v1/messages HTTP/1.1"))
    #expect(seen.field("proxy-authorization") == "Basic bWU6c2VjcmV0")
    proxy.stop()
    transport.close()
  }

  @Test func `cancelling closes the connection at once`() async throws {
    let closed = Gate()
    let upstream = try ScriptedUpstream([Self.chunked, .chunk(Bytes(utf8: "x")), .awaitClose(closed)])
    let stream = start(upstream)
    _ = try await stream.makeAsyncIterator().next()
    let clock = ContinuousClock()
    let start = clock.now
    stream.cancel()
    await closed.wait()
    // Tests/System measures it; here a hundred other tests share the machine.
    #expect(start.duration(to: clock.now) < .seconds(10))
    upstream.stop()
    transport.close()
  }

  @Test func `a consumer that does not read pauses the endpoint, and gets every byte in the end`()
    async throws
  {
    let size = 24 << 20
    let sent = Gate()
    let body = Bytes([UInt8](repeating: 1, count: size / 2) + [UInt8](repeating: 2, count: size / 2))
    let upstream = try ScriptedUpstream([
      .head(200, ["content-length": String(size)]), .raw(body), .reach(sent),
    ])
    let stream = start(upstream)
    _ = try await stream.head()
    let first = try #require(try await stream.peek())
    #expect(!first.isEmpty)
    #expect(!sent.isOpen, "the endpoint could send everything although nobody read")
    #expect(stream.bytesDelivered < 4 << 20)
    #expect(try await readAll(stream) == body)
    upstream.stop()
    transport.close()
  }
}
