/// The bytes of a valid answer, cut into what is sent at once: as Anthropic streams it, or as OpenAI does.
package struct StreamScript: Sendable {
  /// Bytes of one of Anthropic's events that carry text, framing of the transfer not counted.
  package static let eventLength = 150
  /// The same of a chunk of OpenAI's.
  package static let chunkLength = 200

  /// The frames before the first text, whole.
  package let opening: [UInt8]
  /// One event with text, and where its stamp's digits begin.
  package let event: (bytes: [UInt8], stamp: Int)
  /// The frames after the last text.
  package let ending: [UInt8]
  /// A small answer as one JSON text.
  package let message: String

  private init(
    opening: [UInt8], length: Int, event: (String) -> [UInt8], ending: [UInt8], message: String
  ) {
    self.opening = opening
    self.event = Self.stamped(length, event)
    self.ending = ending
    self.message = message
  }

  package static let messages = StreamScript(
    opening: frame(
      "message_start",
      """
      {"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant",\
      "model":"\(RequestScript.model)","content":[],"stop_reason":null,"stop_sequence":null,\
      "usage":{"input_tokens":25,"output_tokens":1}}}
      """)
      + frame(
        "content_block_start",
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#),
    length: eventLength,
    event: { text in
      frame(
        "content_block_delta",
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#)
    },
    ending: frame("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
      + frame(
        "message_delta",
        """
        {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
        "usage":{"output_tokens":60}}
        """)
      + frame("message_stop", #"{"type":"message_stop"}"#),
    message: """
      {"id":"msg_bench","type":"message","role":"assistant","model":"\(RequestScript.model)","content":\
      [{"type":"text","text":"Hello! How can I help you today?"}],"stop_reason":"end_turn",\
      "stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":11}}
      """)

  package static let chat = StreamScript(
    opening: chunk(#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#),
    length: chunkLength,
    event: { chunk(#"{"index":0,"delta":{"content":"\#($0)"},"finish_reason":null}"#) },
    ending: chunk(#"{"index":0,"delta":{},"finish_reason":"stop"}"#)
      + chunk("", #","usage":{"prompt_tokens":25,"completion_tokens":60,"total_tokens":85}"#)
      + Array("data: [DONE]\n\n".utf8),
    message: """
      {"id":"chatcmpl-bench","object":"chat.completion","created":1,"model":"\(RequestScript.model)","choices":\
      [{"index":0,"message":{"role":"assistant","content":"Hello! How can I help you today?"},\
      "finish_reason":"stop"}],"usage":{"prompt_tokens":25,"completion_tokens":11,"total_tokens":36}}
      """)

  /// An event filled with words up to `length` bytes.
  private static func stamped(_ length: Int, _ event: (String) -> [UInt8]) -> (bytes: [UInt8], stamp: Int) {
    let mark = "@" + String(repeating: "0", count: Stamp.digits)
    let filler = String(repeating: " some more words of the answer", count: 4)
    let whole = event(mark + filler.prefix(max(0, length - event(mark).count)))
    return (whole, (whole.firstIndex(of: Stamp.mark) ?? 0) + 1)
  }

  private static func frame(_ name: String, _ data: String) -> [UInt8] {
    Array("event: \(name)\ndata: \(data)\n\n".utf8)
  }

  private static func chunk(_ choice: String, _ more: String = "") -> [UInt8] {
    let head = #"{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"m","choices":"#
    return Array("data: \(head)[\(choice)]\(more)}\n\n".utf8)
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
