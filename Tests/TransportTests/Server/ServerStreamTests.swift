import Foundation
import HTTPTypes
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Answers as streams` {
  @Test func `shows the client each batch at once`() async throws {
    let second = Gate()
    try await withServer { _, client in
      do {
        try await client.send(status: 200, fields: [.contentType: "text/event-stream"])
        try await client.send([Bytes(utf8: "one "), Bytes(utf8: "and a half")])
        await second.wait()
        try await client.send([Bytes(utf8: "two")])
        try await client.finish()
      } catch {}
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "")
      let first = await client.received(text: "one and a half")
      #expect(first.contains("Transfer-Encoding: chunked"))
      #expect(first.hasSuffix("\r\n\r\ne\r\none and a half\r\n"))
      second.open()
      let reply = await client.reply()
      #expect(reply.body.text == "one and a halftwo")
      #expect(reply.isWhole)
    }
  }

  @Test func `shows the head before there are bytes`() async throws {
    let more = Gate()
    try await withServer { _, client in
      try? await client.send(status: 529, fields: [:])
      await more.wait()
      try? await client.finish()
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "")
      #expect(await client.received(text: "\r\n\r\n").hasPrefix("HTTP/1.1 529 "))
      more.open()
      #expect(await client.reply().isWhole)
    }
  }

  @Test func `waits for a client that does not read, and goes on when it does`() async throws {
    let time = ManualTime()
    let sent = Tally()
    let block = 512 * 1024
    try await withServer(time: time, options: .test { $0.writeTimeout = .seconds(5) }) { _, client in
      do {
        try await client.send(status: 200, fields: [:])
        for _ in 0..<128 {
          try await client.send([Bytes(repeating: 120, count: block)])
          sent.add(block)
        }
        try await client.finish()
      } catch {}
    } _: { port, _ in
      let client = try TestClient(port: port, reads: false)
      client.post("/", "")
      // The handler is suspended when the limit for reading is set.
      await time.waitUntilSomethingIsDue(within: .seconds(5))
      #expect(sent.value < 16 * 1024 * 1024)
      client.startReading()
      let reply = await client.reply()
      #expect(reply.isWhole)
      #expect(reply.body.count == 128 * block)
    }
  }

  @Test(arguments: [false, true]) func `cancels the handler at once when the client leaves`(
    byReset: Bool
  ) async throws {
    let started = Gate()
    let cancelled = Gate()
    let calls = Tally()
    try await withServer { _, _ in
      calls.add()
      started.open()
      await untilCancelled()
      cancelled.open()
    } _: { port, server in
      let client = try TestClient(port: port)
      // The second request waits: nothing is read while the first is answered.
      client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await started.wait()
      let left = ContinuousClock.now
      if byReset { client.reset() } else { client.close() }
      await cancelled.wait()
      // The promise is 100 ms, and Tests/System measures it; here a hundred other tests share the machine.
      #expect(ContinuousClock.now - left < .seconds(10))
      await server.stop(drainLimit: .zero)
      #expect(calls.value == 1)
    }
  }

  @Test func `tells a handler that writes to a client that left`() async throws {
    let started = Gate()
    let failure = Mutex<ProxyFailure?>(nil)
    try await withServer { _, client in
      started.open()
      await untilCancelled()
      let seen = await failureOf { () throws(ProxyFailure) in try await client.send(status: 200, fields: [:])
      }
      failure.withLock { $0 = seen }
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "")
      await started.wait()
      client.close()
    }
    let seen = try #require(failure.withLock { $0 })
    #expect(seen.code == .clientGone)
    #expect(seen.origin == .client)
    #expect(seen.retry == .never)
  }

  @Test func `does not cancel a handler whose answer is finished`() async throws {
    let gone = Gate()
    let wasCancelled = Mutex<Bool?>(nil)
    try await withServer { request, client in
      await echo(request, client)
      await gone.wait()
      wasCancelled.withLock { $0 = Task.isCancelled }
    } _: { port, server in
      let client = try TestClient(port: port)
      client.post("/", "")
      await client.received(text: "0\r\n\r\n")
      client.close()
      let limit = ContinuousClock.now + .seconds(20)
      while server.connectionCount > 0, ContinuousClock.now < limit { await Task.yield() }
      #expect(server.connectionCount == 0)
      gone.open()
    }
    #expect(wasCancelled.withLock { $0 } == false)
  }

  @Test func `takes writes from any thread`() async throws {
    try await withServer { request, client in
      await Task.detached { await answer(client, String(repeating: "x", count: 5_000_000)) }.value
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "")
      let reply = await client.reply()
      #expect(reply.isWhole)
      #expect(reply.body.count == 5_000_000)
    }
  }

  @Test func `writes nothing for a handler whose request is over`() async throws {
    let old = Mutex<(any ClientWriter)?>(nil)
    let failure = Mutex<ProxyFailure.Code?>(nil)
    try await withServer { request, client in
      if let before = old.withLock({ $0 }) {
        let seen = await failureOf { () throws(ProxyFailure) in
          try await before.send(status: 500, fields: [:])
        }
        failure.withLock { $0 = seen?.code }
      }
      old.withLock { $0 = client }
      await echo(request, client)
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "0\r\n\r\n")
      client.send("GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(!(await client.reply().body.text.contains("500")))
    }
    #expect(failure.withLock { $0 } == .clientGone)
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Answers that are not whole` {
  @Test(arguments: [HTTPFields(), [.contentLength: "100"]])
  func `look so to the client`(fields: HTTPFields) async throws {
    try await withServer { _, client in
      do {
        try await client.send(status: 200, fields: fields)
        try await client.send([Bytes(utf8: "partial")])
        client.abort()
        try await client.send([Bytes(utf8: "never")])
      } catch {}
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "")
      let reply = await client.reply()
      #expect(reply.body.text == "partial")
      #expect(!reply.isWhole)
    }
  }

  @Test func `end with a reset where the end would look proper`() async throws {
    try await withServer { _, client in
      do {
        try await client.send(status: 200, fields: [:])
        try await client.send([Bytes(utf8: "partial")])
        client.abort()
      } catch {}
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("GET / HTTP/1.0\r\n\r\n")
      #expect(await client.reply().ending == .reset)
    }
  }

  @Test func `end when the handler returns early`() async throws {
    try await withServer { _, client in
      try? await client.send(status: 200, fields: [:])
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let reply = await client.reply()
      #expect(reply.status == 200)
      #expect(!reply.isWhole)
    }
  }

  @Test func `have no head if the handler sent none`() async throws {
    try await withServer { _, client in
      client.abort()
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await client.received { _ in false }.isEmpty)
    }
  }

  @Test func `come of handlers that break the declared length or the order`() async throws {
    let codes = Mutex<[ProxyFailure.Code?]>([])
    @Sendable func misuse(_ path: String, _ client: any ClientWriter) async throws(ProxyFailure) {
      if path == "/headless" { try await client.send([Bytes(utf8: "x")]) }
      try await client.send(status: 200, fields: [.contentLength: "3"])
      if path == "/twice" { try await client.send(status: 200, fields: [:]) }
      if path == "/long" { try await client.send([Bytes(utf8: "four")]) }
      try await client.send([Bytes(utf8: "yo")])
      try await client.finish()
    }
    try await withServer { request, client in
      let seen = await failureOf { () throws(ProxyFailure) in try await misuse(request.path, client) }
      codes.withLock { $0.append(seen?.code) }
    } _: { port, _ in
      for path in ["/headless", "/twice", "/long", "/short"] {
        let client = try TestClient(port: port)
        client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = await client.reply()
        #expect(!reply.isWhole || reply.status == 0)
        #expect(!reply.body.text.contains("four"))
      }
    }
    #expect(codes.withLock { $0 } == Array(repeating: .internalFault, count: 4))
  }

  private static let hasPython = ["/usr/bin", "/usr/local/bin"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + "/python3")
  }

  @Test(.enabled(if: hasPython)) func `raise IncompleteRead in Python`() async throws {
    try await withServer { _, client in
      do {
        try await client.send(status: 200, fields: [:])
        try await client.send([Bytes(utf8: "partial")])
        client.abort()
      } catch {}
    } _: { port, _ in
      let script = """
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", \(port), timeout=30)
        connection.request("GET", "/")
        try:
            print("whole", connection.getresponse().read())
        except Exception as error:
            print(type(error).__name__, error.partial)
        """
      let output = try await run("/usr/bin/env", ["python3", "-c", script])
      #expect(output == "IncompleteRead b'partial'\n")
    }
  }

  private func run(_ path: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    // Without one it reads the environment, which other tests may be copying at the same moment.
    process.environment = ["PATH": "/usr/bin:/bin"]
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }
}
