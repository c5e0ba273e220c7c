package import Pipeline
package import Stages

/// Builds the events of a Messages stream, block by block, as an endpoint sends them.
///
///     AnthropicStream().text("Hello, ", "world").tool("Read", #"{"path":"/a"}"#).stop("tool_use").bytes
///
/// Block indexes count up by themselves. Nothing is checked: `event` adds anything, right or wrong.
package struct AnthropicStream: Sendable {
  package static let model = "claude-sonnet-4-5-20250929"

  /// The frames so far, in order.
  package private(set) var frames: [Bytes] = []
  private var nextIndex = 0
  private var nextTool = 1

  /// Begins with message_start, unless `starts` is false.
  package init(
    starts: Bool = true, id: String = "msg_test", model: String = Self.model, inputTokens: Int = 25
  ) {
    guard starts else { return }
    self = messageStart(id: id, model: model, inputTokens: inputTokens)
  }

  /// All of it, as it goes over the wire.
  package var bytes: Bytes { Bytes(frames.flatMap { $0 }) }

  /// What a parser makes of it.
  package var events: [ServerSentEvent] {
    var offset = 0
    return frames.map { frame in
      defer { offset += frame.count }
      return ServerSentEvent(frame: frame, offset: offset)
    }
  }

  // MARK: Anything

  /// Any bytes as a frame of their own.
  package func raw(_ text: String) -> Self {
    var stream = self
    stream.frames.append(Bytes(utf8: text))
    return stream
  }

  /// Any event.
  package func event(_ name: String, _ data: String) -> Self { raw("event: \(name)\ndata: \(data)\n\n") }

  /// The first so many frames, as after a cut.
  package func prefix(_ count: Int) -> Self {
    var stream = self
    stream.frames = Array(frames.prefix(count))
    return stream
  }

  // MARK: The message

  package func messageStart(
    id: String = "msg_test", model: String = Self.model, inputTokens: Int = 25
  ) -> Self {
    event(
      "message_start",
      """
      {"type":"message_start","message":{"id":"\(id)","type":"message","role":"assistant",\
      "model":"\(model)","content":[],"stop_reason":null,"stop_sequence":null,\
      "usage":{"input_tokens":\(inputTokens),"cache_creation_input_tokens":3,"cache_read_input_tokens":5,\
      "output_tokens":1}}}
      """)
  }

  package func ping() -> Self { event("ping", #"{"type": "ping"}"#) }

  package func comment(_ text: String = "keep-alive") -> Self { raw(": \(text)\n\n") }

  /// message_delta with the stop_reason, and message_stop.
  package func stop(_ reason: String = "end_turn", outputTokens: Int = 15) -> Self {
    messageDelta(reason, outputTokens: outputTokens).messageStop()
  }

  /// `nil` leaves the stop_reason null.
  package func messageDelta(_ reason: String?, outputTokens: Int = 15) -> Self {
    event(
      "message_delta",
      """
      {"type":"message_delta","delta":{"stop_reason":\(reason?.jsonQuoted ?? "null"),"stop_sequence":null},\
      "usage":{"output_tokens":\(outputTokens)}}
      """)
  }

  package func messageStop() -> Self { event("message_stop", #"{"type":"message_stop"}"#) }

  package func error(_ type: String = "overloaded_error", _ message: String = "Overloaded") -> Self {
    event("error", #"{"type":"error","error":{"type":"\#(type)","message":\#(message.jsonQuoted)}}"#)
  }

  // MARK: Blocks

  /// content_block_start with the next index.
  package func blockStart(_ block: String) -> Self {
    var stream = event(
      "content_block_start",
      #"{"type":"content_block_start","index":\#(nextIndex),"content_block":\#(block)}"#)
    stream.nextIndex += 1
    return stream
  }

  /// A delta of the block started last, unless `index` says otherwise.
  package func delta(_ delta: String, index: Int? = nil) -> Self {
    event(
      "content_block_delta",
      #"{"type":"content_block_delta","index":\#(index ?? nextIndex - 1),"delta":\#(delta)}"#)
  }

  package func blockStop(index: Int? = nil) -> Self {
    event("content_block_stop", #"{"type":"content_block_stop","index":\#(index ?? nextIndex - 1)}"#)
  }

  /// A whole text block, one delta a piece.
  package func text(_ pieces: String...) -> Self {
    pieces.reduce(blockStart(#"{"type":"text","text":""}"#)) { $0.textDelta($1) }.blockStop()
  }

  package func textDelta(_ text: String, index: Int? = nil) -> Self {
    delta(#"{"type":"text_delta","text":\#(text.jsonQuoted)}"#, index: index)
  }

  /// A whole thinking block; an empty signature is left out.
  package func thinking(_ pieces: String..., signature: String = "EqQBCgIYAg==") -> Self {
    let block = pieces.reduce(blockStart(#"{"type":"thinking","thinking":"","signature":""}"#)) {
      $0.delta(#"{"type":"thinking_delta","thinking":\#($1.jsonQuoted)}"#)
    }
    guard !signature.isEmpty else { return block.blockStop() }
    return block.delta(#"{"type":"signature_delta","signature":"\#(signature)"}"#).blockStop()
  }

  /// A whole tool call whose input arrives in `fragments` pieces of about equal length.
  package func tool(
    _ name: String, _ json: String = "{}", id: String? = nil, fragments: Int = 2, type: String = "tool_use"
  ) -> Self {
    toolStart(name, id: id, type: type).toolInput(json, fragments: fragments).blockStop()
  }

  package func toolStart(_ name: String, id: String? = nil, type: String = "tool_use") -> Self {
    var stream = blockStart(
      #"{"type":"\#(type)","id":"\#(id ?? "toolu_\(nextTool)")","name":"\#(name)","input":{}}"#)
    stream.nextTool += 1
    return stream
  }

  package func toolInput(_ json: String, fragments: Int = 2, index: Int? = nil) -> Self {
    let characters = Array(json)
    var stream = self
    for piece in 0..<max(1, fragments) {
      let bounds =
        (piece * characters.count / max(1, fragments))..<((piece + 1) * characters.count / max(1, fragments))
      stream = stream.delta(
        #"{"type":"input_json_delta","partial_json":\#(String(characters[bounds]).jsonQuoted)}"#, index: index
      )
    }
    return stream
  }
}
