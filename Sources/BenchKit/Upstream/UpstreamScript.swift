/// The bytes of an answer as the upstream sends them, framing of the transfer and head included.
struct UpstreamScript: Sendable {
  let opening: [UInt8]
  let ending: [UInt8]
  /// A small answer in one piece.
  let message: [UInt8]
  private let event: [UInt8]
  private let stamp: Int

  static let messages = UpstreamScript(StreamScript.messages)
  static let chat = UpstreamScript(StreamScript.chat)

  private init(_ script: StreamScript) {
    opening = Self.head + Self.chunk(script.opening)
    ending = Self.chunk(script.ending) + Array("0\r\n\r\n".utf8)
    message = Array(
      """
      HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\n\
      content-length: \(script.message.utf8.count)\r\n\r\n\(script.message)
      """.utf8)
    event = Self.chunk(script.event.bytes)
    stamp = (event.firstIndex(of: Stamp.mark) ?? 0) + 1
  }

  /// One event that carries the time.
  func stampedEvent() -> [UInt8] {
    var event = event
    Stamp.write(.now, into: &event, at: stamp)
    return event
  }

  /// The head of an answer whose body comes in chunks.
  private static let head = Array(
    """
    HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n\
    request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n
    """.utf8)

  private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [0x0D, 0x0A]
  }
}
