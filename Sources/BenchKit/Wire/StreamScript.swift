/// The bytes of a valid answer as Anthropic streams it, cut into what is sent at once.
package struct StreamScript: Sendable {
  /// Bytes of one event that carries text, framing of the transfer not counted.
  package static let eventLength = 150

  /// The frames before the first text, whole.
  package static let opening: [UInt8] =
    frame(
      "message_start",
      """
      {"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant",\
      "model":"\(RequestScript.model)","content":[],"stop_reason":null,"stop_sequence":null,\
      "usage":{"input_tokens":25,"output_tokens":1}}}
      """)
    + frame(
      "content_block_start",
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)

  /// The frames after the last text.
  package static let ending: [UInt8] =
    frame("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
    + frame(
      "message_delta",
      """
      {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
      "usage":{"output_tokens":60}}
      """)
    + frame("message_stop", #"{"type":"message_stop"}"#)

  /// One event with text, and where its stamp's digits begin.
  package static let event: (bytes: [UInt8], stamp: Int) = {
    func bytes(_ words: String) -> [UInt8] {
      let text = "@" + String(repeating: "0", count: Stamp.digits) + words
      return frame(
        "content_block_delta",
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#)
    }
    let filler = String(repeating: " some more words of the answer", count: 2)
    let whole = bytes(String(filler.prefix(max(0, eventLength - bytes("").count))))
    return (whole, (whole.firstIndex(of: Stamp.mark) ?? 0) + 1)
  }()

  /// The head of an answer whose body comes in chunks.
  static let head = Array(
    """
    HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n\
    request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n
    """.utf8)

  static let lastChunk = Array("0\r\n\r\n".utf8)

  /// A small answer in one piece, head included.
  static let message: [UInt8] = {
    let body = """
      {"id":"msg_bench","type":"message","role":"assistant","model":"\(RequestScript.model)","content":\
      [{"type":"text","text":"Hello! How can I help you today?"}],"stop_reason":"end_turn",\
      "stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":11}}
      """
    return Array(
      """
      HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\n\
      content-length: \(body.utf8.count)\r\n\r\n\(body)
      """.utf8)
  }()

  /// The bytes as one chunk of a chunked body.
  static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [0x0D, 0x0A]
  }

  private static func frame(_ name: String, _ data: String) -> [UInt8] {
    Array("event: \(name)\ndata: \(data)\n\n".utf8)
  }
}

/// A request of a Messages client.
package enum RequestScript {
  package static let model = "claude-sonnet-5"

  private static let words = [
    "the", "request", "of", "a", "client", "carries", "its", "whole", "conversation", "with", "every", "turn",
    "files", "it", "has", "read", "and", "results", "tools", "gave", "so", "that", "bodies", "grow", "long",
  ]

  /// Head and body of a request, the body `bodyLength` bytes long or as short as it can be.
  package static func bytes(bodyLength: Int, isStreamed: Bool) -> [UInt8] {
    let start =
      #"{"model":"\#(model)","max_tokens":1024,"stream":\#(isStreamed),"messages":[{"role":"user","content":""#
    let end = #""}]}"#
    let text = filler(max(1, bodyLength - start.utf8.count - end.utf8.count))
    let length = start.utf8.count + text.count + end.utf8.count
    let head = """
      POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
      anthropic-version: 2023-06-01\r\nx-api-key: benchmark\r\naccept: application/json\r\n\
      user-agent: bench/1\r\ncontent-length: \(length)\r\n\r\n
      """
    return Array(head.utf8) + Array(start.utf8) + text + Array(end.utf8)
  }

  /// Words in an order that looks random, and is the same each time.
  private static func filler(_ length: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(length + 16)
    var state: UInt64 = 1
    while text.count < length {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += Array(words[Int((state >> 33) % UInt64(words.count))].utf8) + [0x20]
    }
    return Array(text.prefix(length))
  }
}
