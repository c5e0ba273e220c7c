package import Pipeline

/// A whole message as the events that would have carried it.
package enum MessageReplay {
  /// The bytes of the event stream that says the same as `message`, a JSON message (repairs V1).
  ///
  /// Its content is not checked here: the events pass the validator like any others. Throws `.errorEvent` for
  /// an error object, `.malformedEvent` for what is no message at all.
  ///
  /// - Parameter stage: the one that failures name.
  package static func events(
    from message: Bytes, stage: StageName = ValidateProtocol.name
  ) throws(ProxyFailure) -> Bytes {
    let findings = Findings(stage: stage)
    let fields = try MessageValidator.readMessage(message, findings)
    var events = [start(of: fields)]
    for (index, element) in (fields.array("content") ?? []).enumerated() {
      guard let block = try? JSONFields(element) else {
        throw findings.failure(.v15, "Content block \(index) is not an object", code: .malformedEvent)
      }
      events += Self.events(ofBlock: block, index: index)
    }
    events.append(delta(of: fields))
    events.append(event("message_stop"))
    return Bytes(events.flatMap(\.frame))
  }

  /// Start, deltas and stop of a whole block.
  static func events(ofBlock block: JSONFields, index: Int) -> [ServerSentEvent] {
    var start = block
    let deltas = takeDeltas(from: &start)
    return [event("content_block_start", ["index": "\(index)", "content_block": start.text.text])]
      + deltas.map { event("content_block_delta", ["index": "\(index)", "delta": $0.text.text]) }
      + [event("content_block_stop", ["index": "\(index)"])]
  }

  // MARK: The message

  private static func start(of message: JSONFields) -> ServerSentEvent {
    var head = message
    head.set("content", "[]")
    head.set("stop_reason", "null")
    head.set("stop_sequence", "null")
    head["stop_details"] = nil
    return event("message_start", ["message": head.text.text])
  }

  private static func delta(of message: JSONFields) -> ServerSentEvent {
    var delta = JSONFields()
    for key in ["stop_reason", "stop_sequence"] { delta[key] = message[key] ?? Bytes(utf8: "null") }
    delta["stop_details"] = message["stop_details"]
    return event(
      "message_delta", ["delta": delta.text.text, "usage": message["usage"]?.text ?? "{}"])
  }

  private static func event(_ type: String, _ values: KeyValuePairs<String, String> = [:]) -> ServerSentEvent
  {
    var fields = JSONFields()
    fields.set("type", type.jsonQuoted)
    for (key, value) in values { fields.set(key, value) }
    return ServerSentEvent(name: Bytes(utf8: type), json: fields.text)
  }

  // MARK: Blocks

  /// Empties the fields of a block that travel as deltas, and returns those.
  private static func takeDeltas(from block: inout JSONFields) -> [JSONFields] {
    switch BlockType(name: block.string("type") ?? "") {
    case .text:
      return [takeString("text", from: &block, as: "text_delta")].compactMap { $0 }
        + takeCitations(from: &block)
    case .thinking:
      return [
        takeString("thinking", from: &block, as: "thinking_delta"),
        takeString("signature", from: &block, as: "signature_delta"),
      ].compactMap { $0 }
    case .toolUse, .serverToolUse, .mcpToolUse: return takeInput(from: &block)
    case .compaction: return takeCompaction(from: &block)
    case .redactedThinking, .toolResult, .fallback, .whole, .unknown: return []
    }
  }

  private static func delta(_ type: String, _ key: String, _ value: Bytes) -> JSONFields {
    var delta = JSONFields()
    delta.set("type", type.jsonQuoted)
    delta[key] = value
    return delta
  }

  private static func takeString(
    _ key: String, from block: inout JSONFields, as type: String
  ) -> JSONFields? {
    guard let value = block[key], let text = value.jsonString, !text.isEmpty else { return nil }
    block.set(key, "\"\"")
    return delta(type, key, value)
  }

  private static func takeCitations(from block: inout JSONFields) -> [JSONFields] {
    guard let citations = block.array("citations"), !citations.isEmpty else { return [] }
    block.set("citations", "[]")
    return citations.map { delta("citations_delta", "citation", $0) }
  }

  /// Clients build the input from the deltas alone, so even a whole one has to travel as one.
  private static func takeInput(from block: inout JSONFields) -> [JSONFields] {
    guard block.kind("input") == .object, let input = block["input"] else { return [] }
    block.set("input", "{}")
    return input.equals("{}") ? [] : [delta("input_json_delta", "partial_json", input.jsonQuoted)]
  }

  private static func takeCompaction(from block: inout JSONFields) -> [JSONFields] {
    guard let content = block["content"], !content.equals("null") else { return [] }
    var delta = delta("compaction_delta", "content", content)
    delta["encrypted_content"] = block["encrypted_content"]
    block.set("content", "null")
    block["encrypted_content"] = nil
    return [delta]
  }
}
