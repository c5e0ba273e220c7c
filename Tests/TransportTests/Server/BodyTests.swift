import NIOCore
import Pipeline
import ProxyTesting
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct `Bodies and their limit` {
  private static let limit = 1000

  private func post(
    _ body: Bytes, _ fields: String = "", chunked: Bool = false, declares length: Int? = nil
  ) async throws -> (reply: TestReply, calls: Int) {
    let calls = Tally()
    var reply: TestReply?
    try await withServer(options: .test { $0.bodyLimit = Self.limit }) { request, client in
      calls.add()
      await answer(client, "\(request.body.count) \(request.body.prefix(20).text)")
    } _: { port, _ in
      let client = try TestClient(port: port)
      let length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(length ?? body.count)"
      client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\(length)\r\n\r\n")
      client.send(
        chunked
          ? Bytes(utf8: String(body.count, radix: 16) + "\r\n") + body + Bytes(utf8: "\r\n0\r\n\r\n") : body)
      reply = await client.reply()
    }
    return (try #require(reply), calls.value)
  }

  @Test(arguments: [false, true]) func `takes a body of exactly the limit`(chunked: Bool) async throws {
    let (reply, _) = try await post(Bytes(repeating: 120, count: Self.limit), chunked: chunked)
    #expect(reply.body.text == "1000 xxxxxxxxxxxxxxxxxxxx")
  }

  @Test(arguments: [false, true]) func `refuses one byte more`(chunked: Bool) async throws {
    let (reply, calls) = try await post(Bytes(repeating: 120, count: Self.limit + 1), chunked: chunked)
    #expect(reply.status == 413)
    #expect(reply.isWhole)
    #expect(reply.body.text.hasPrefix(#"{"type":"error","error":{"type":"request_too_large","message":"#))
    #expect(reply.head.contains("Connection: close"))
    #expect(calls == 0)
  }

  @Test func `all bodies together have a limit, and give their share back`() async throws {
    let (reached, gate) = (Gate(), Gate())
    try await withServer(options: .test { $0.memoryLimit = 1500 }) { request, client in
      if request.path == "/slow" {
        reached.open()
        await gate.wait()
      }
      await answer(client, "\(request.body.count)")
    } _: { port, _ in
      let body = String(repeating: "x", count: 1000)
      let first = try TestClient(port: port)
      first.post("/slow", body)
      await reached.wait()
      let second = try TestClient(port: port)
      second.post("/", body)
      #expect(await second.reply().status == 529)
      gate.open()
      #expect(await first.reply().body.text == "1000")
      // The share is given back after the answer, on the server's own thread.
      var status = 0
      for _ in 0..<100 where status != 200 {
        let third = try TestClient(port: port)
        third.post("/", body)
        status = await third.reply().status
        third.close()
      }
      #expect(status == 200)
    }
  }

  @Test func `refuses a declared size at once`() async throws {
    let (reply, _) = try await post([], declares: 50_000_000_000)
    #expect(reply.status == 413)
  }

  @Test func `lets a client see the refusal that sends everything first`() async throws {
    let (reply, _) = try await post(Bytes(repeating: 120, count: 8 * 1024 * 1024))
    #expect(reply.status == 413)
    #expect(reply.isWhole)
    #expect(reply.ending == .closed)
  }

  @Test(arguments: ["gzip", "GZIP", "x-gzip"]) func `unpacks gzip`(name: String) async throws {
    let (reply, _) = try await post(
      Gzip.packed(Bytes(utf8: "hello hello hello")), "Content-Encoding: \(name)\r\n")
    #expect(reply.body.text == "17 hello hello hello")
  }

  @Test(arguments: [false, true]) func `holds unpacked bodies to the same limit`(chunked: Bool) async throws {
    let fields = "Content-Encoding: gzip\r\n"
    let fitting = Gzip.packed(Bytes(repeating: 0, count: Self.limit))
    #expect(try await post(fitting, fields, chunked: chunked).reply.status == 200)
    let tooLarge = Gzip.packed(Bytes(repeating: 0, count: Self.limit + 1))
    #expect(tooLarge.count < Self.limit)
    let (reply, calls) = try await post(tooLarge, fields, chunked: chunked)
    #expect(reply.status == 413)
    #expect(calls == 0)
  }

  @Test func `stops unpacking a bomb at the limit`() {
    let bomb = Gzip.packed(Bytes(repeating: 0, count: 32 * 1024 * 1024))
    let gunzip = Gunzip(limit: Self.limit)
    #expect(gunzip.receive(ByteBuffer(bytes: bomb)) == .tooLarge)
    #expect(gunzip.output.count <= Self.limit + 64 * 1024)
  }

  @Test func `unpacks the same in pieces of any size`() {
    let text = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    let packed = Gzip.packed(text)
    for size in [1, 2, 7, 1000, packed.count] {
      let gunzip = Gunzip(limit: 100_000)
      for start in stride(from: 0, to: packed.count, by: size) {
        #expect(gunzip.receive(ByteBuffer(bytes: packed[start..<min(start + size, packed.count)])) == nil)
      }
      #expect(gunzip.isWhole)
      #expect(Bytes(gunzip.output) == text)
    }
  }

  @Test func `refuses what is not gzip, is cut, or goes on after its end`() async throws {
    let good = Gzip.packed(Bytes(utf8: "hello"))
    for bad in [Bytes(utf8: "not gzip at all"), good.dropLast(), good + [0], good.prefix(3)] {
      let (reply, calls) = try await post(bad, "Content-Encoding: gzip\r\n")
      #expect(reply.status == 400)
      #expect(reply.body.text.contains("invalid_request_error"))
      #expect(calls == 0)
    }
  }

  @Test(arguments: ["br", "zstd", "deflate", "gzip, gzip", ""]) func `refuses other codings`(
    coding: String
  ) async throws {
    let (reply, calls) = try await post(Bytes(utf8: "x"), "Content-Encoding: \(coding)\r\n")
    #expect(reply.status == 415)
    #expect(calls == 0)
  }
}
