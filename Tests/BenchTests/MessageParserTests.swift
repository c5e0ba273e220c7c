import BenchKit
import Pipeline
import ProxyTesting
import Testing

@Suite struct MessageParserTests {
  /// Feeds the pieces; returns the payload, the parser and how many bytes of the last piece were not taken.
  private func parse(
    _ kind: MessageParser.Kind, _ pieces: [Bytes]
  ) throws -> (payload: String, parser: MessageParser, left: Int) {
    var parser = MessageParser(kind)
    var payload: [UInt8] = []
    var left = 0
    for piece in pieces {
      let taken = try unsafe piece.withUnsafeBytes { bytes in
        try unsafe parser.consume(bytes) { unsafe payload += Array($0) }
      }
      left += piece.count - taken
    }
    return (String(decoding: payload, as: UTF8.self), parser, left)
  }

  private static let chunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx: y\r\n\r\n5\r\nhello\r\n1B\r\n, a longer piece of a body\n\r\n0\r\n\r\n"

  @Test func `a chunked answer is the same however it is cut`() throws {
    for pieces in EveryChunking(of: Bytes(utf8: Self.chunked)) {
      let (payload, parser, left) = try parse(.response, pieces)
      #expect(payload == "hello, a longer piece of a body\n")
      #expect(parser.isDone)
      #expect(parser.status == 200)
      #expect(!parser.closes)
      #expect(left == 0)
    }
  }

  @Test func `trailers belong to the message`() throws {
    let text = Self.chunked.dropLast() + "checksum: 1\r\n\r\n"
    let (_, parser, left) = try parse(.response, [Bytes(utf8: text)])
    #expect(parser.isDone)
    #expect(left == 0)
  }

  @Test func `the bytes after a message are left for the next`() throws {
    let text = "HTTP/1.1 529 Overloaded\r\ncontent-length: 2\r\nConnection: close\r\n\r\nokHTTP/1.1"
    let (payload, parser, left) = try parse(.response, [Bytes(utf8: text)])
    #expect(payload == "ok")
    #expect(parser.status == 529)
    #expect(parser.closes)
    #expect(left == 8)
  }

  @Test func `an answer without length lasts until the connection is closed`() throws {
    var (payload, parser, _) = try parse(.response, [Bytes(utf8: "HTTP/1.0 200 OK\r\n\r\nsome")])
    #expect(payload == "some")
    #expect(!parser.isDone)
    try parser.finish()
    #expect(parser.isDone)
  }

  @Test func `a request without length ends with its head`() throws {
    #expect(try parse(.request, [Bytes(utf8: "GET / HTTP/1.1\r\nhost: a\r\n\r\n")]).parser.isDone)
  }

  @Test func `a connection closed within a message is noticed`() throws {
    var (_, parser, _) = try parse(.response, [Bytes(utf8: Self.chunked).dropLast(3)])
    #expect(!parser.isDone)
    #expect(throws: BenchProblem.self) { try parser.finish() }
  }

  @Test(arguments: [
    "nonsense of some length\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  ])
  func `what is no answer is refused`(text: String) {
    #expect(throws: BenchProblem.self) { try parse(.response, [Bytes(utf8: text)]) }
  }

  @Test func `the request that is sent is one that is understood`() throws {
    let bytes = RequestScript.bytes(bodyLength: 5000, isStreamed: true)
    let (payload, parser, left) = try parse(.request, [Bytes(bytes)])
    #expect(parser.isDone)
    #expect(payload.utf8.count == 5000)
    #expect(payload.hasSuffix(#""}]}"#))
    #expect(left == 0)
  }
}
