import HTTPTypes
import NIOSSL
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `A server over TLS` {
  @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
  func `answers several requests on one connection`(version: TLSVersion) async throws {
    try await withSecureServer(echo) { port, certificate, _ in
      let client = try await SecureClient(
        port: port, trusting: certificate, protocols: ["h2", "http/1.1"], upTo: version)
      #expect(try await client.handshake() == "http/1.1")
      for number in 1...3 {
        client.send("GET /\(number)?q HTTP/1.1\r\nHost: x\r\n\r\n")
        let text = await client.received(text: "GET /\(number)|q|\r\n0\r\n\r\n")
        #expect(text.hasSuffix("0\r\n\r\n"))
      }
      client.post("/last", "body")
      #expect(await client.received(text: "POST /last|-|body").hasPrefix("HTTP/1.1 200 OK"))
      #expect(await client.reply().ending == .farewell)
    }
  }

  @Test func `has a word for no older version than 1.2`() async throws {
    try await withSecureServer(echo) { port, certificate, _ in
      await #expect(throws: NIOSSLError.self) {
        _ = try await SecureClient(port: port, trusting: certificate, upTo: .tlsv11)
      }
    }
  }

  @Test func `shows the client each batch at once`() async throws {
    let gates = (1...3).map { _ in Gate() }
    try await withSecureServer { _, client in
      do {
        try await client.send(status: 200, fields: [.contentType: "text/event-stream"])
        for (number, gate) in gates.enumerated() {
          try await client.send([Bytes(utf8: "data: \(number)"), Bytes(utf8: "\n\n")])
          await gate.wait()
        }
        try await client.finish()
      } catch {}
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.post("/", "")
      for (number, gate) in gates.enumerated() {
        let text = await client.received(text: "data: \(number)\n\n\r\n")
        #expect(text.hasSuffix("data: \(number)\n\n\r\n"))
        gate.open()
      }
      #expect(await client.reply().reply.isWhole)
    }
  }

  @Test func `takes and sends large bodies whole`() async throws {
    var random = SeededRandom(seed: 7)
    let sent = Bytes((0..<5_000_000).map { _ in UInt8.random(in: 0...255, using: &random) })
    try await withSecureServer { request, client in
      do {
        try await client.send(status: 200, fields: [.contentLength: "\(request.body.count)"])
        try await client.send([request.body])
        try await client.finish()
      } catch {}
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.post("/", sent)
      let (reply, ending) = await client.reply()
      // Outside the expectation, which would look for every difference between megabytes.
      let isSame = reply.body == sent
      #expect(isSame)
      #expect(ending == .farewell)
    }
  }

  @Test func `waits for a client that does not read, and goes on when it does`() async throws {
    let time = ManualTime()
    let sent = Tally()
    let block = 512 * 1024
    try await withSecureServer(time: time, options: .test { $0.writeTimeout = .seconds(5) }) { _, client in
      do {
        try await client.send(status: 200, fields: [:])
        for _ in 0..<128 {
          try await client.send([Bytes(repeating: 120, count: block)])
          sent.add(block)
        }
        try await client.finish()
      } catch {}
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      try await client.reads(false)
      client.post("/", "")
      // The handler is suspended when the limit for reading is set.
      await time.waitUntilSomethingIsDue(within: .seconds(5))
      #expect(sent.value < 16 * 1024 * 1024)
      try await client.reads(true)
      let (reply, ending) = await client.reply()
      #expect(reply.isWhole)
      #expect(reply.body.count == 128 * block)
      #expect(ending == .farewell)
    }
  }

  @Test func `keeps a request that comes before its time for later`() async throws {
    let started = Gate()
    let first = Gate()
    let second = Gate()
    try await withSecureServer { request, client in
      started.open()
      if request.path == "/one" { await first.wait() } else { second.open() }
      await echo(request, client)
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
      await started.wait()
      client.post("/two", Bytes(repeating: 120, count: 300_000))
      #expect(!second.isOpen)
      first.open()
      let body = await client.reply().reply
      #expect(body.isWhole)
      #expect(second.isOpen)
    }
  }

  @Test(arguments: SecureClient.Leaving.allCases)
  func `cancels the handler at once when the client leaves`(way: SecureClient.Leaving) async throws {
    let started = Gate()
    let cancelled = Gate()
    try await withSecureServer { _, client in
      try? await client.send(status: 200, fields: [:])
      started.open()
      await untilCancelled()
      cancelled.open()
    } _: { port, certificate, server in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.post("/", "")
      await started.wait()
      try await client.leave(way)
      await cancelled.wait()
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct `The end of a connection over TLS` {
  @Test func `is announced after an answer that only the end delimits`() async throws {
    try await withSecureServer(echo) { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.send("GET /old HTTP/1.0\r\n\r\n")
      let (reply, ending) = await client.reply()
      #expect(reply.body.text == "GET /old|-|")
      #expect(ending == .farewell)
    }
  }

  @Test func `is not announced after such an answer that was broken off`() async throws {
    try await withSecureServer { _, client in
      do {
        try await client.send(status: 200, fields: [:])
        try await client.send([Bytes(utf8: "partial")])
        client.abort()
      } catch {}
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.send("GET / HTTP/1.0\r\n\r\n")
      #expect(await client.reply().ending == .cut)
    }
  }

  @Test(arguments: [HTTPFields(), [.contentLength: "100"]])
  func `leaves an answer that was broken off recognisable`(fields: HTTPFields) async throws {
    try await withSecureServer { _, client in
      do {
        try await client.send(status: 200, fields: fields)
        try await client.send([Bytes(utf8: "partial")])
        client.abort()
      } catch {}
    } _: { port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.post("/", "")
      let reply = await client.reply().reply
      #expect(reply.body.text == "partial")
      #expect(!reply.isWhole)
    }
  }

  @Test func `is announced to a client that was idle for too long`() async throws {
    let time = ManualTime()
    try await withSecureServer(time: time, options: .test { $0.keepAliveTimeout = .seconds(7) }, echo) {
      port, certificate, _ in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "0\r\n\r\n")
      await time.waitUntilSomethingIsDue(within: .seconds(7))
      time.advance(by: .seconds(7))
      #expect(await client.reply().ending == .farewell)
    }
  }

  @Test func `is announced when the server stops`() async throws {
    try await withSecureServer(echo) { port, certificate, server in
      let client = try await SecureClient(port: port, trusting: certificate)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "0\r\n\r\n")
      await server.stop(drainLimit: .seconds(10))
      #expect(await client.reply().ending == .farewell)
      #expect(server.connectionCount == 0)
    }
  }
}
