import HTTPTypes
import Pipeline
import ProxyTesting
import Synchronization
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `Requests as they should be` {
  @Test func `hands over method, path, query, body and peer as sent`() async throws {
    let seen = Mutex<ClientRequest?>(nil)
    try await withServer { request, client in
      seen.withLock { $0 = request }
      await answer(client, "ok")
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.post("/v1//messages/../x%2f?beta=true&a=b?c", #"{"model":"m"}"#)
      let reply = await client.reply()
      #expect(reply.status == 200)
      #expect(reply.isWhole)
      #expect(reply.body.text == "ok")
    }
    let request = try #require(seen.withLock { $0 })
    #expect(request.method == .post)
    #expect(request.path == "/v1//messages/../x%2f")
    #expect(request.query == "beta=true&a=b?c")
    #expect(request.body.text == #"{"model":"m"}"#)
    #expect(request.peer == "127.0.0.1")
  }

  @Test func `keeps spelling, order and repetition of fields`() async throws {
    let seen = Mutex<[String]>([])
    try await withServer { request, client in
      seen.withLock { $0 = request.fields.map { "\($0.name.rawName)=\($0.value)" } }
      await answer(client, "ok")
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send(
        "GET / HTTP/1.1\r\nhOsT: x\r\nX-B: 1\r\nanthropic-beta: one\r\nX-A:\t2 \r\nAnthropic-Beta: two\r\n"
          + "Empty:\r\nConnection: close\r\n\r\n")
      #expect(await client.reply().status == 200)
    }
    #expect(
      seen.withLock { $0 } == [
        "hOsT=x", "X-B=1", "anthropic-beta=one", "X-A=2", "Anthropic-Beta=two", "Empty=", "Connection=close",
      ])
  }

  @Test func `serves one request after another on a connection`() async throws {
    try await withServer(echo) { port, server in
      let client = try TestClient(port: port)
      client.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.received(text: "GET /one|-|\r\n0\r\n\r\n")
      client.send("POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
      let text = await client.received(text: "POST /two|-|hi\r\n0\r\n\r\n")
      #expect(!text.contains("Connection: close"))
      #expect(server.connectionCount == 1)
    }
  }

  @Test func `answers pipelined requests in order, one at a time`() async throws {
    let first = Gate()
    let started = Tally(goal: 1)
    try await withServer { request, client in
      started.add()
      if request.path == "/first" { await first.wait() }
      await echo(request, client)
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send(
        "POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
          + "POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n2"
          + "GET /third HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\nHost: x\r\n\r\n"
      )
      await started.reached.wait()
      #expect(started.value == 1)
      first.open()
      let text = await client.received { _ in false }.text
      let places = ["/first|-|1", "/second|-|2", "/third|-|"].compactMap {
        text.firstRange(of: $0)?.lowerBound
      }
      #expect(places.count == 3)
      #expect(places == places.sorted())
      #expect(started.value == 3)
    }
  }

  @Test func `joins a chunked body`() async throws {
    try await withServer(echo) { port, _ in
      let client = try TestClient(port: port)
      client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          + "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nTrailer: t\r\n\r\n")
      #expect(await client.reply().body.text == "POST /|-|hello world")
    }
  }

  @Test func `asks for the body of a client that waits to be asked`() async throws {
    try await withServer(echo) { port, _ in
      let client = try TestClient(port: port)
      client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n"
      )
      await client.received(text: "HTTP/1.1 100 Continue\r\n\r\n")
      client.send("hi")
      #expect(await client.received { _ in false }.text.contains("POST /|-|hi"))
    }
  }

  @Test func `sends no body to HEAD and goes on`() async throws {
    try await withServer { request, client in
      await answer(client, "hello", fields: [.contentLength: "5"])
    } _: { port, _ in
      let client = try TestClient(port: port)
      client.send("HEAD /api/hello HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = await client.received(text: "\r\n\r\n")
      #expect(head.hasSuffix("\r\n\r\n"))
      #expect(head.contains("Content-Length: 5\r\n"))
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let text = await client.received { _ in false }.text
      #expect(text.dropFirst(head.count).hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(text.hasSuffix("\r\n\r\nhello"))
    }
  }

  @Test func `marks the end for HTTP 1.0 by closing`() async throws {
    try await withServer(echo) { port, _ in
      let client = try TestClient(port: port)
      client.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let reply = await client.reply()
      #expect(reply.body.text == "GET /old|-|")
      #expect(!reply.head.lowercased().contains("transfer-encoding"))
      #expect(reply.head.contains("Connection: close"))
      #expect(reply.ending == .closed)
    }
  }

  @Test func `serves 200 connections at once`() async throws {
    let everybody = Tally(goal: 200)
    try await withServer { request, client in
      everybody.add()
      await everybody.reached.wait()
      await echo(request, client)
    } _: { port, server in
      let clients = try (0..<200).map { _ in try TestClient(port: port) }
      for (number, client) in clients.enumerated() { client.post("/\(number)", "body \(number)") }
      for (number, client) in clients.enumerated() {
        let reply = await client.reply()
        #expect(reply.isWhole)
        #expect(reply.body.text == "POST /\(number)|-|body \(number)")
      }
      #expect(server.connectionCount <= 200)
    }
  }
}
