import Pipeline
import ProxyTesting
import Testing
import Transport

/// A request that must not reach the flow, and the status its client gets.
struct BadRequest: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  let status: Int

  init(_ description: String, _ text: String, _ status: Int = 400) {
    testDescription = description
    self.text = text
    self.status = status
  }

  /// A POST with these fields, then a body, then a request that must not be taken for one.
  static func post(
    _ description: String, _ fields: String, _ body: String, _ status: Int = 400
  ) -> BadRequest {
    BadRequest(
      description,
      "POST /v1/messages HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\(body)GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
      status)
  }

  static let ambiguousLengths = [
    post("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    post("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    post("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n", ""),
    post("the same length twice", "Content-Length: 0\r\nContent-Length: 0\r\n", ""),
    post("a list of lengths", "Content-Length: 0, 0\r\n", ""),
    post("a signed length", "Content-Length: +5\r\n", "hello"),
    post("a negative length", "Content-Length: -1\r\n", ""),
    post("a hexadecimal length", "Content-Length: 0x5\r\n", "hello"),
    post("an empty length", "Content-Length:\r\n", ""),
    post("a length beyond 64 bits", "Content-Length: 99999999999999999999\r\n", ""),
    post("chunked twice", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
    post("two codings", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
    post("two coding fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
    post("an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
    post("the identity coding", "Transfer-Encoding: identity\r\n", ""),
    post("a coding behind a vertical tab", "Transfer-Encoding: \u{B}chunked\r\n", "0\r\n\r\n"),
    BadRequest(
      "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
  ]

  static let badChunks = [
    post("a chunk size that is no number", "Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"),
    post("a negative chunk size", "Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n"),
    post("a chunk size with 0x", "Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n"),
    post(
      "a chunk size beyond 64 bits", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
    post("a chunk longer than its size", "Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n0\r\n\r\n"),
    post("a chunk size ended by LF", "Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"),
    post("a chunk size after a space", "Transfer-Encoding: chunked\r\n", " 5\r\nhello\r\n0\r\n\r\n"),
  ]

  static let badFields = [
    post("a folded line", "X-A: one\r\n two\r\n", ""),
    post("a folded coding", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
    post("a line ended by LF", "X-A: one\nContent-Length: 5\r\n", "hello"),
    post("a lone CR in a value", "X-A: one\rtwo\r\n", ""),
    post("a NUL in a value", "X-A: one\0two\r\n", ""),
    post("a space before the colon", "Content-Length : 5\r\n", "hello"),
    post("a space in a name", "Content Length: 5\r\n", "hello"),
    post("a field without a colon", "Nonsense\r\n", ""),
    post("an empty name", ": x\r\n", ""),
    post("two hosts", "Host: y\r\n", ""),
    BadRequest("no host", "GET / HTTP/1.1\r\nX-A: b\r\n\r\n"),
    BadRequest("a first field after a space", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
    post("an unknown expectation", "Expect: the-unexpected\r\n", "", 417),
    post("too many field bytes", "X-A: \(String(repeating: "a", count: 70_000))\r\n", "", 431),
    post("too many fields", String(repeating: "X-A: b\r\n", count: 300), "", 431),
  ]

  static let badStartLines = [
    BadRequest("a whole URL", "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n"),
    BadRequest("an asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
    BadRequest("a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n", 405),
    BadRequest("TRACE", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    BadRequest("PROPFIND", "PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    BadRequest("an unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    BadRequest("a method in small letters", "get / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    post("an upgrade", "Connection: upgrade\r\nUpgrade: websocket\r\n", ""),
    post(
      "an upgrade to HTTP/2", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n",
      ""),
    BadRequest("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    BadRequest("HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
    BadRequest("HTTP/0.9", "GET /\r\n\r\n"),
    BadRequest("no version", "GET / \r\nHost: x\r\n\r\n"),
    BadRequest("a TLS greeting", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n", 405),
    BadRequest(
      "a target that is too long",
      "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n",
      414),
  ]
}

@Suite(.timeLimit(.minutes(1))) struct `Requests that never reach the flow` {
  @Test(
    arguments: BadRequest.ambiguousLengths + BadRequest.badChunks + BadRequest.badFields
      + BadRequest.badStartLines)
  func `are refused, and their connection is closed`(request: BadRequest) async throws {
    let calls = Tally()
    try await withServer { _, client in
      calls.add()
      await answer(client, "reached")
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send(request.text)
      let reply = await client.reply()
      #expect(reply.status == request.status)
      #expect(reply.ending == .closed)
      // Nothing follows the declared length: what came behind was not taken for a request.
      #expect(reply.isWhole)
      #expect(reply.head.contains("Connection: close"))
      #expect(reply.head.contains("Content-Type: application/json"))
      #expect(reply.body.text.hasPrefix(#"{"type":"error","error":{"type":""#))
    }
    #expect(calls.value == 0)
  }

  @Test func `are refused behind a good one, after its answer`() async throws {
    let calls = Tally(goal: 1)
    let gate = Gate()
    try await withServer { request, client in
      calls.add()
      await gate.wait()
      await echo(request, client)
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("GET /good HTTP/1.1\r\nHost: x\r\n\r\nGET /bad HTTP/1.1\r\nHost : x\r\n\r\n")
      await calls.reached.wait()
      gate.open()
      let text = await client.received { _ in false }.text
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(text.contains("GET /good|-|\r\n0\r\n\r\nHTTP/1.1 400 Bad Request\r\n"))
      #expect(calls.value == 1)
    }
  }

  @Test func `say which methods are served`() async throws {
    try await withServer(echo) { port, _ in
      let client = try TestClient(port: port)
      client.send("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await client.reply().head.contains("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
    }
  }
}
