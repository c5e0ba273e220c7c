import HTTPTypes
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Clients that take too long` {
  @Test func `get 408 for a slow head`() async throws {
    let time = ManualTime()
    try await withServer(time: time, echo) { port, _ in
      let client = try TestClient(port: port)
      client.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "0\r\n\r\n")
      // The timer of the first head rings, and gives way to that of the idle connection.
      time.advance(by: .seconds(10))
      await time.waitUntilSomethingIsDue(within: .seconds(299))
      client.send("GET /two HT")
      await time.waitUntilSomethingIsDue(within: .seconds(10))
      time.advance(by: .seconds(10))
      let text = await client.received { _ in false }.text
      #expect(text.contains("HTTP/1.1 408 Request Timeout\r\n"))
      #expect(text.contains("timeout_error"))
    }
  }

  @Test func `are left without a word if they never said one`() async throws {
    let time = ManualTime()
    try await withServer(time: time, echo) { port, _ in
      let client = try TestClient(port: port)
      await time.waitUntilSomethingIsDue(within: .seconds(10))
      time.advance(by: .seconds(10))
      #expect(await client.received { _ in false }.isEmpty)
    }
  }

  @Test func `get 408 for a slow body`() async throws {
    let time = ManualTime()
    let calls = Tally()
    try await withServer(time: time) { request, client in
      calls.add()
      await echo(request, client)
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      await client.received(text: "100 Continue")
      time.advance(by: .seconds(10))
      await time.waitUntilSomethingIsDue(within: .seconds(20))
      time.advance(by: .seconds(20))
      let text = await client.received { _ in false }.text
      #expect(text.contains("HTTP/1.1 408 Request Timeout\r\n"))
    }
    #expect(calls.value == 0)
  }

  @Test func `lose an idle connection`() async throws {
    let time = ManualTime()
    try await withServer(time: time, options: .test { $0.keepAliveTimeout = .seconds(7) }, echo) { port, _ in
      let client = try TestClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "0\r\n\r\n")
      await time.waitUntilSomethingIsDue(within: .seconds(7))
      time.advance(by: .seconds(7))
      let reply = await client.reply()
      #expect(reply.isWhole)
      #expect(reply.ending == .closed)
    }
  }

  @Test func `lose an answer of which they take no byte`() async throws {
    let time = ManualTime()
    let ended = Gate()
    let failure = Mutex<ProxyFailure.Code?>(nil)
    try await withServer(time: time, options: .test { $0.writeTimeout = .seconds(5) }) { _, client in
      let seen = await failureOf { () throws(ProxyFailure) in
        try await client.send(status: 200, fields: [:])
        for _ in 0..<64 { try await client.send([Bytes(repeating: 120, count: 1024 * 1024)]) }
      }
      failure.withLock { $0 = seen?.code }
      ended.open()
    } _: { port, _ in
      let client = try TestClient(port: port, reads: false)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await time.waitUntilSomethingIsDue(within: .seconds(5))
      // The kernel may still take some bytes in the client's name, which counts as progress.
      for _ in 0..<1_000_000 where !ended.isOpen {
        time.advance(by: .seconds(5))
        await Task.yield()
      }
      #expect(ended.isOpen)
      #expect(failure.withLock { $0 } == .clientGone)
      client.close()
    }
  }
}
