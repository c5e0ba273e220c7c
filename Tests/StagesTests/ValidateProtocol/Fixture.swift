import ProxyTesting
import Testing

/// A valid stream of each kind that endpoints send.
struct Fixture: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let stream: AnthropicStream

  private init(_ name: String, _ stream: AnthropicStream) {
    testDescription = name
    self.stream = stream
  }

  static let all: [Fixture] = plain + thinking + tools + serverTools + unknown + endings

  private static let plain = [
    Fixture("plain text", AnthropicStream().text("Hello", ", ", "world").stop()),
    Fixture("several scripts", AnthropicStream().text("流式传输 😀", "é\n\t\"\\\u{1}").stop()),
    Fixture("two texts", AnthropicStream().text("a").text("b").stop()),
    Fixture(
      "pings and comments everywhere",
      AnthropicStream(starts: false).ping().comment().messageStart().ping()
        .blockStart(#"{"type":"text","text":""}"#).ping().textDelta("a").comment().textDelta("b").blockStop()
        .ping().messageDelta("end_turn").ping().messageStop().ping().comment()),
    Fixture("a ping without data", AnthropicStream().raw("event: ping\n\n").text("a").stop()),
    Fixture(
      "citations",
      AnthropicStream().blockStart(#"{"type":"text","text":"","citations":[]}"#).textDelta("a")
        .delta(#"{"type":"citations_delta","citation":{"type":"char_location","cited_text":"a"}}"#)
        .blockStop().stop()),
    Fixture(
      "data over several lines",
      AnthropicStream().raw("event: ping\ndata: {\ndata: \"type\": \"ping\"}\n\n").text("a").stop()),
  ]

  private static let thinking = [
    Fixture("signed thinking", AnthropicStream().thinking("hm", "…").text("a").stop()),
    Fixture("omitted thinking", AnthropicStream().thinking().text("a").stop()),
    Fixture(
      "counted thinking",
      AnthropicStream().blockStart(#"{"type":"thinking","thinking":"","signature":""}"#)
        .delta(#"{"type":"thinking_delta","thinking":"","estimated_tokens":12}"#)
        .delta(#"{"type":"signature_delta","signature":"x"}"#).blockStop().text("a").stop()),
    Fixture(
      "redacted thinking",
      AnthropicStream().blockStart(#"{"type":"redacted_thinking","data":"EmwK"}"#).blockStop().text("a")
        .stop()),
  ]

  private static let tools = [
    Fixture(
      "a tool",
      AnthropicStream().text("Reading.").tool("Read", #"{"path": "/a b", "n": [1, -2.5e3]}"#, fragments: 5)
        .stop("tool_use")),
    Fixture(
      "parallel tools",
      AnthropicStream().tool("Read", #"{"a":"\u00e9"}"#).tool("Grep", #"{"b":{"c":null}}"#, fragments: 9)
        .stop("tool_use")),
    Fixture("a tool without arguments", AnthropicStream().toolStart("List").blockStop().stop("tool_use")),
    Fixture(
      "a tool with an empty fragment", AnthropicStream().tool("List", "", fragments: 1).stop("tool_use")),
    Fixture(
      "input whole in the start",
      AnthropicStream().blockStart(#"{"type":"tool_use","id":"t","name":"Read","input":{"a":1}}"#).blockStop()
        .stop("tool_use")),
  ]

  private static let serverTools = [
    Fixture(
      "a server tool and its result",
      AnthropicStream().tool("web_search", #"{"query":"x"}"#, id: "srvtoolu_1", type: "server_tool_use")
        .blockStart(#"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]}"#).blockStop()
        .text("a").stop()),
    Fixture(
      "an MCP tool and its result",
      AnthropicStream().tool("find", #"{"q":1}"#, id: "mcptoolu_1", type: "mcp_tool_use")
        .blockStart(#"{"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","is_error":false,"content":[]}"#)
        .blockStop().text("a").stop()),
    Fixture(
      "compaction",
      AnthropicStream().blockStart(#"{"type":"compaction","content":null}"#)
        .delta(#"{"type":"compaction_delta","content":"summary","encrypted_content":"x"}"#).blockStop()
        .stop("compaction")),
    Fixture(
      "fallback",
      AnthropicStream().blockStart(
        #"{"type":"fallback","from":{"model":"a"},"to":{"model":"b"},"trigger":{"type":"refusal"}}"#
      ).blockStop().text("a").stop()),
    Fixture(
      "a container upload",
      AnthropicStream().blockStart(#"{"type":"container_upload","file_id":"f"}"#).blockStop().text("a").stop()
    ),
  ]

  private static let unknown = [
    Fixture(
      "an unknown event",
      AnthropicStream().event("telemetry", #"{"type":"telemetry","x":[1]}"#).text("a").stop()),
    Fixture("an unknown event without data", AnthropicStream().raw("event: beat\n\n").text("a").stop()),
    Fixture(
      "an unknown block",
      AnthropicStream().blockStart(#"{"type":"hologram","rays":3}"#)
        .delta(#"{"type":"text_delta","text":"x"}"#).delta(#"{"type":"ray_delta","ray":null}"#).blockStop()
        .stop()),
    Fixture(
      "an unknown delta",
      AnthropicStream().blockStart(#"{"type":"text","text":""}"#).textDelta("a")
        .delta(#"{"type":"emphasis_delta","range":[0,1]}"#).blockStop().stop()),
    Fixture("an unknown stop reason", AnthropicStream().text("a").stop("out_of_coffee")),
    Fixture(
      "unknown fields",
      AnthropicStream().text("a").event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn","mood":"good"},"usage":{"output_tokens":3,"joules":9},"x":{}}"#
      ).messageStop()),
  ]

  private static let endings = [
    Fixture(
      "usage after the stop reason",
      AnthropicStream().text("a").messageDelta("end_turn").messageDelta("end_turn", outputTokens: 20)
        .messageStop()),
    Fixture(
      "usage before the stop reason", AnthropicStream().text("a").messageDelta(nil, outputTokens: 3).stop()),
    Fixture(
      "cut by the token limit in a tool",
      AnthropicStream().text("a").tool("Write", #"{"content":"abc"#).stop("max_tokens")),
    Fixture(
      "a refusal",
      AnthropicStream().event(
        "message_delta",
        #"{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber"}},"usage":{"output_tokens":4}}"#
      ).messageStop()),
    Fixture("an empty end of turn", AnthropicStream().stop("end_turn", outputTokens: 2)),
    Fixture("a stop sequence", AnthropicStream().text("a").stop("stop_sequence")),
  ]
}
