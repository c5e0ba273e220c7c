package import Pipeline

/// An answer that needs no endpoint.
package struct LocalMessage: Sendable {
  package enum Reason: Sendable {
    /// `max_tokens: 0`: the client only wants a prompt cache filled.
    case nothingToGenerate
    /// No endpoint had anything to say.
    case nothingSaid
    /// `count_tokens`: an estimate does.
    case tokensEstimated
    /// Only tools that run at Anthropic are offered: an endpoint of Anthropic's would do better.
    case onlyServerTools
  }

  package var reason: Reason
  /// A whole message of the Messages API, which `MessageReplay.events` makes a stream of; or the answer to
  /// `count_tokens`.
  package var message: Bytes

  /// - Parameter body: of the request that it answers.
  static func empty(_ body: Bytes) -> LocalMessage {
    LocalMessage(reason: .nothingSaid, message: message([], (try? JSONFields(body)) ?? JSONFields()))
  }

  static func tokenCount(of body: Bytes) -> LocalMessage {
    LocalMessage(reason: .tokensEstimated, message: TokenEstimate.answer(for: body))
  }

  static func nothingToGenerate(_ request: JSONFields) -> LocalMessage {
    LocalMessage(reason: .nothingToGenerate, message: message([], request))
  }

  /// Says that `tool` is not available, the way its own errors do where it has such.
  static func unavailable(_ tool: ToolDefinition, _ request: JSONFields) -> LocalMessage {
    let families = ["web_search", "web_fetch", "code_execution"]
    var content: [Bytes] = []
    if let family = families.first(where: { tool.type.hasPrefix($0) }) {
      let id = Bytes(quoting: "srvtoolu_px1_\(hash(request))")
      content.append(
        JSONFields([
          "type": Bytes(quoting: "server_tool_use"), "id": id, "name": Bytes(quoting: family),
          "input": Bytes(utf8: "{}"),
        ]).text)
      let error = #"{"type":"\#(family)_tool_result_error","error_code":"unavailable"}"#
      content.append(
        JSONFields([
          "type": Bytes(quoting: "\(family)_tool_result"), "tool_use_id": id, "content": Bytes(utf8: error),
        ]).text)
    }
    let text = "The tool \(tool.name) is not available: the endpoint that answers cannot run it."
    content.append(JSONFields(["type": Bytes(quoting: "text"), "text": Bytes(quoting: text)]).text)
    return LocalMessage(reason: .onlyServerTools, message: message(content, request))
  }

  private static func message(_ content: [Bytes], _ request: JSONFields) -> Bytes {
    JSONFields([
      "id": Bytes(quoting: "msg_px1_\(hash(request))"), "type": Bytes(quoting: "message"),
      "role": Bytes(quoting: "assistant"), "model": request["model"] ?? Bytes(quoting: ""),
      "content": Bytes(array: content), "stop_reason": Bytes(quoting: "end_turn"),
      "stop_sequence": Bytes(utf8: "null"),
      "usage": Bytes(
        utf8:
          #"{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}"#
      ),
    ]).text
  }

  private static func hash(_ request: JSONFields) -> Substring {
    StableHash(request["messages"] ?? []).hexadecimal.prefix(24)
  }
}
