import Pipeline
import Stages

/// The demo endpoint's message, as events and as one JSON object.
struct DemoAnswer: Sendable {
  var model: String
  var inputTokens: Int
  var text: String

  /// What a newcomer reads first.
  static func explanation(_ configurationPath: String) -> String {
    """
    Claude Code Companion works: this answer streamed through it, event by event, from the built-in demo \
    endpoint. No model was asked and nothing was paid.

    To use a real model, open \(configurationPath) and add an endpoint above the demo one:

        endpoints:
          - name: anthropic
            url: https://api.anthropic.com
            endpoint_type: anthropic
            auth_type: api_key
            auth_value: ${ANTHROPIC_API_KEY}
            priority: 1

    Save the file: the change takes effect at once, without a restart.
    """
  }

  static let models = """
    {"data":[{"type":"model","id":"claude-demo","display_name":"Demo (built in)",\
    "created_at":"2026-01-01T00:00:00Z"}],"has_more":false,"first_id":"claude-demo","last_id":"claude-demo"}
    """

  static let overloadedError =
    #"{"type":"error","error":{"type":"overloaded_error","message":"The demo endpoint is overloaded, as its script says."}}"#

  private var outputTokens: Int { max(1, text.utf8.count / 4) }

  private func head(content: String, stopReason: String, outputTokens: Int) -> String {
    """
    {"id":"msg_demo","type":"message","role":"assistant","model":\(model.jsonQuoted),"content":\(content),\
    "stop_reason":\(stopReason),"stop_sequence":null,"usage":{"input_tokens":\(inputTokens),\
    "output_tokens":\(outputTokens)}}
    """
  }

  /// The non-streamed form.
  var json: String {
    head(
      content: #"[{"type":"text","text":\#(text.jsonQuoted)}]"#, stopReason: #""end_turn""#,
      outputTokens: outputTokens)
  }

  private var opening: [ServerSentEvent] {
    [
      event("message_start", #""message":\#(head(content: "[]", stopReason: "null", outputTokens: 1))"#),
      event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
      event("ping", nil),
    ]
  }

  /// The streamed form: a few words in each event.
  var events: [ServerSentEvent] {
    var events = opening
    for piece in pieces {
      events.append(
        event(
          "content_block_delta",
          #""index":0,"delta":{"type":"text_delta","text":\#(piece.jsonQuoted)}"#))
    }
    events.append(event("content_block_stop", #""index":0"#))
    events.append(
      event(
        "message_delta",
        #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":\#(outputTokens)}"#
      ))
    events.append(event("message_stop", nil))
    return events
  }

  /// A tool call whose arguments never end.
  var eventsOfHalfATool: [ServerSentEvent] {
    [
      opening[0],
      event(
        "content_block_start",
        #""index":0,"content_block":{"type":"tool_use","id":"toolu_demo","name":"Read","input":{}}"#),
      event(
        "content_block_delta",
        #""index":0,"delta":{"type":"input_json_delta","partial_json":"{\"file_path\": \"/tmp/ha"}"#),
    ]
  }

  private var pieces: [String] {
    var pieces: [String] = [""]
    for character in text {
      pieces[pieces.count - 1].append(character)
      if character == " " || character == "\n", pieces[pieces.count - 1].count >= 24 { pieces.append("") }
    }
    return pieces.filter { !$0.isEmpty }
  }

  private func event(_ name: String, _ members: String?) -> ServerSentEvent {
    ServerSentEvent(name: name, data: #"{"type":"\#(name)"\#(members.map { ",\($0)" } ?? "")}"#)
  }
}
