import HTTPTypes
import NIOCore
import NIOPosix
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Starting and stopping the server` {
  @Test func `says which port is in use and what to do`() async throws {
    try await withServer(echo) { port, _ in
      let second = HTTPServer(
        options: ServerOptions(host: "127.0.0.1", port: port), time: SystemTime(), handler: echo)
      let problem = #expect(throws: BindProblem.self) { try second.start() }
      let text = try #require(problem).description
      #expect(text.contains("127.0.0.1, port \(port): the port is in use"))
      #expect(text.contains("--port"))
    }
  }

  @Test func `says that an address is not this machine's`() async throws {
    let server = HTTPServer(
      options: ServerOptions(host: "192.0.2.1", port: 0), time: SystemTime(), handler: echo)
    let problem = #expect(throws: BindProblem.self) { try server.start() }
    #expect(try #require(problem).description.contains("does not have that address"))
  }

  @Test func `listens on IPv4 for localhost`() async throws {
    try await withServer(options: .test { $0.host = "localhost" }, echo) { port, _ in
      let client = try TestClient(port: port)
      client.post("/", "x")
      #expect(await client.reply().status == 200)
    }
  }

  private static let hasIPv6 =
    (try? SocketAddress(ipAddress: "::1", port: 0)).map { address in
      (try? ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(to: address).wait())?
        .close(promise: nil) != nil
    } ?? false

  @Test(.enabled(if: hasIPv6), arguments: ["localhost", "::1", "[::1]"])
  func `listens on IPv6`(host: String) async throws {
    try await withServer(options: .test { $0.host = host }, echo) { port, _ in
      let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "::1", port: port).get()
      try await client.close()
    }
  }

  @Test func `closes idle connections at once and lets running answers finish`() async throws {
    let time = ManualTime()
    let started = Gate()
    let gate = Gate()
    try await withServer(time: time, options: .test { $0.headerTimeout = .seconds(1000) }) {
      request, client in
      started.open()
      await gate.wait()
      await echo(request, client)
    } _: { port, server in
      let idle = try TestClient(port: port)
      let busy = try TestClient(port: port)
      busy.send("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
      await started.wait()
      async let stopped: Void = server.stop(drainLimit: .seconds(10))
      #expect(await idle.received { _ in false }.isEmpty)
      await time.waitUntilSomethingIsDue(within: .seconds(10))
      #expect(throws: (any Error).self) { try TestClient(port: port) }
      gate.open()
      let reply = await busy.reply()
      #expect(reply.isWhole)
      #expect(reply.head.contains("Connection: close"))
      await stopped
      #expect(server.connectionCount == 0)
    }
  }

  @Test func `sends the end of an answer that was finished just before it stops`() async throws {
    let running = RunningServer()
    let stopped = Gate()
    try await withServer { request, client in
      await echo(request, client)
      // On the same thread, so all of it happens before anything of the answer is sent.
      Task(executorPreference: Reactor.shared) {
        await running.server.withLock { $0 }?.stop(drainLimit: .seconds(10))
        stopped.open()
      }
    } _: { port, server in
      running.server.withLock { $0 = server }
      let client = try TestClient(port: port)
      client.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await client.reply().body.text == "GET /last|-|")
      await stopped.wait()
    }
  }

  @Test func `aborts at the limit what has not finished`() async throws {
    let time = ManualTime()
    let started = Gate()
    let ended = Gate()
    try await withServer(time: time, options: .test { $0.headerTimeout = .seconds(1000) }) { _, client in
      try? await client.send(status: 200, fields: [:])
      started.open()
      await untilCancelled()
      ended.open()
    } _: { port, server in
      let client = try TestClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await started.wait()
      async let stopped: Void = server.stop(drainLimit: .seconds(10))
      await time.waitUntilSomethingIsDue(within: .seconds(10))
      #expect(!ended.isOpen)
      time.advance(by: .seconds(10))
      #expect(!(await client.reply().isWhole))
      await stopped
      #expect(ended.isOpen)
    }
  }
}

private final class RunningServer: Sendable {
  let server = Mutex<HTTPServer?>(nil)
}
