import Pipeline
import ProxyTesting
import Stages

/// The answers that scripted endpoints give, and what a client must then have got.
enum Answers {
  static let head = ScriptedUpstream.Action.head(
    200, ["content-type": "text/event-stream", "transfer-encoding": "chunked", "request-id": "req_scripted"])

  static func frame(_ name: String, _ members: String = "") -> Bytes {
    ServerSentEvent(
      name: name, data: #"{"type":"\#(name)"\#(members.isEmpty ? "" : "," + members)}"#
    ).frame
  }

  static func start(model: String = "claude-test") -> Bytes {
    frame(
      "message_start",
      #""message":{"id":"msg_1","type":"message","role":"assistant","model":"\#(model)","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}"#
    )
  }

  static let textStart = textStart(0)

  static func textStart(_ index: Int) -> Bytes {
    frame("content_block_start", #""index":\#(index),"content_block":{"type":"text","text":""}"#)
  }

  static func text(_ text: String, index: Int = 0) -> Bytes {
    frame(
      "content_block_delta", #""index":\#(index),"delta":{"type":"text_delta","text":\#(text.jsonQuoted)}"#)
  }

  static func blockStop(_ index: Int = 0) -> Bytes { frame("content_block_stop", #""index":\#(index)"#) }

  static func toolStart(_ index: Int) -> Bytes {
    frame(
      "content_block_start",
      #""index":\#(index),"content_block":{"type":"tool_use","id":"toolu_\#(index)","name":"Read","input":{}}"#
    )
  }

  static func toolJSON(_ part: String, _ index: Int) -> Bytes {
    frame(
      "content_block_delta",
      #""index":\#(index),"delta":{"type":"input_json_delta","partial_json":\#(part.jsonQuoted)}"#)
  }

  static func stopReason(_ reason: String) -> Bytes {
    frame(
      "message_delta",
      #""delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":{"output_tokens":12}"#)
  }

  static let thinkingStart = frame(
    "content_block_start", #""index":0,"content_block":{"type":"thinking","thinking":"","signature":""}"#)

  static func thinking(_ text: String) -> Bytes {
    frame(
      "content_block_delta", #""index":0,"delta":{"type":"thinking_delta","thinking":\#(text.jsonQuoted)}"#)
  }

  static let signature = frame(
    "content_block_delta", #""index":0,"delta":{"type":"signature_delta","signature":"EqQBCgIYAg=="}"#)

  /// A whole tool call, its input in two pieces.
  static func tool(_ index: Int) -> [Bytes] {
    [
      toolStart(index), toolJSON(#"{"file_path":"#, index), toolJSON(#""/etc/hosts"}"#, index),
      blockStop(index),
    ]
  }

  static let messageStop = frame("message_stop")
  static let ping = frame("ping")
  static let deltaOfNoBlock = frame(
    "content_block_delta", #""index":97,"delta":{"type":"text_delta","text":"x"}"#)
  static let overloaded = frame(
    "error", #""error":{"type":"overloaded_error","message":"Overloaded"}"#)

  /// A whole text answer, one frame an element.
  static func textFrames(_ words: String...) -> [Bytes] {
    [start(), textStart] + words.map { text($0) } + [blockStop(), stopReason("end_turn"), messageStop]
  }

  /// A whole answer of text and one tool call.
  static let toolFrames: [Bytes] = [
    start(), textStart, text("Let me look."), blockStop(), toolStart(1), toolJSON("", 1),
    toolJSON(#"{"file_path":"#, 1), toolJSON(#""/etc/hosts"}"#, 1), blockStop(1), stopReason("tool_use"),
    messageStop,
  ]

  /// A whole answer as one JSON message.
  static func message(_ text: String) -> String {
    #"{"id":"msg_j","type":"message","role":"assistant","model":"claude-test","#
      + #""content":[{"type":"text","text":\#(text.jsonQuoted)}],"stop_reason":"end_turn","#
      + #""stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}"#
  }

  /// The frames as one chunk each, properly ended.
  static func whole(_ frames: [Bytes]) -> ScriptedUpstream.Script {
    [head] + frames.map { .chunk($0) } + [.end]
  }

  /// The first `count` frames, then a cut.
  static func cut(_ frames: [Bytes], after count: Int, by ending: ScriptedUpstream.Action)
    -> ScriptedUpstream.Script
  {
    [head] + frames.prefix(count).map { .chunk($0) } + [ending]
  }

  static func status(_ status: Int, _ type: String, fields: [String: String] = [:]) -> ScriptedUpstream.Script
  {
    let body =
      #"{"type":"error","error":{"type":"\#(type)","message":"scripted \#(status)"},"request_id":"req_s"}"#
    var fields = fields
    fields["content-type"] = "application/json"
    fields["content-length"] = String(body.utf8.count)
    fields["request-id"] = "req_s"
    return [.head(status, fields), .raw(Bytes(utf8: body))]
  }

  static func joined(_ frames: [Bytes]) -> String { frames.map(\.text).joined() }
}
