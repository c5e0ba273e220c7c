import Pipeline

/// What an event says, in one line for people.
struct EventSummary {
  static let limit = 120

  /// What the data calls itself.
  let type: String?
  /// Without line breaks and control characters, `limit` characters at most.
  let text: String

  init(_ event: ServerSentEvent, isEventStream: Bool, _ dialect: EventTimeline.Dialect) {
    guard !event.data.isEmpty else {
      type = nil
      text = Self.line(event.frame.prefix(1024).text)
      return
    }
    guard let fields = try? JSONFields(event.data) else {
      type = nil
      text = Self.line(event.data.prefix(1024).text)
      return
    }
    type = fields.string("type") ?? fields.string("object")
    let words: String? =
      if fields.kind("error") == .object || fields.kind("error") == .string {
        Self.error(fields)
      } else if fields.array("choices") != nil {
        Self.chunk(fields)
      } else {
        Self.event(fields)
      }
    text = Self.line(words ?? event.data.prefix(1024).text)
  }

  // MARK: Anthropic

  private static func event(_ fields: JSONFields) -> String? {
    let block = fields.integer("index").map { "block \($0)" }
    switch fields.string("type") {
    case "message_start":
      let message = fields.object("message")
      return joined([message?.string("model"), message?.string("id"), usage(message?.object("usage"))])
    case "content_block_start":
      let content = fields.object("content_block")
      return joined([block, joined([content?.string("type"), content?.string("name")], by: " ")])
    case "content_block_delta": return joined([block, fields.object("delta").map(delta)])
    case "content_block_stop": return block
    case "message_delta":
      let stop = fields.object("delta")?.string("stop_reason").map { "stop_reason \($0)" }
      return joined([stop, usage(fields.object("usage"))])
    case "message_stop", "ping": return ""
    case "message":
      return joined([fields.string("model"), fields.string("stop_reason"), usage(fields.object("usage"))])
    default: return nil
    }
  }

  private static func delta(_ delta: JSONFields) -> String {
    switch delta.string("type") {
    case "text_delta": quoted(delta.string("text"))
    case "thinking_delta": "thinking " + quoted(delta.string("thinking"))
    case "input_json_delta": "input " + quoted(delta.string("partial_json"))
    case "signature_delta": "signature of \(delta.string("signature")?.utf8.count ?? 0) bytes"
    case let type: type ?? "delta"
    }
  }

  // MARK: Chat Completions

  private static func chunk(_ fields: JSONFields) -> String {
    let choice = fields.array("choices")?.first.flatMap { try? JSONFields($0) }
    let said = choice?.object("delta") ?? choice?.object("message")
    let reasoning = said?.string("reasoning_content") ?? said?.string("reasoning")
    let call = said?.array("tool_calls")?.first.flatMap { try? JSONFields($0) }?.object("function")
    return joined([
      said?.string("content").flatMap { $0.isEmpty ? nil : quoted($0) },
      reasoning.flatMap { $0.isEmpty ? nil : "reasoning " + quoted($0) },
      call.map { "call " + joined([$0.string("name"), $0.string("arguments").map(quoted)], by: " ") },
      choice?.string("finish_reason").map { "finish_reason \($0)" }, usage(fields.object("usage")),
    ])
  }

  // MARK: Both

  private static func error(_ fields: JSONFields) -> String {
    let error = fields.object("error")
    return joined(
      [error?.string("type") ?? error?.string("code"), error?.string("message") ?? fields.string("error")],
      by: ": ")
  }

  private static func usage(_ usage: JSONFields?) -> String? {
    guard let usage else { return nil }
    let counts = [
      ("input", usage.integer("input_tokens") ?? usage.integer("prompt_tokens")),
      ("cache read", usage.integer("cache_read_input_tokens")),
      ("cache written", usage.integer("cache_creation_input_tokens")),
      ("output", usage.integer("output_tokens") ?? usage.integer("completion_tokens")),
    ].compactMap { name, count in count.map { "\($0) \(name)" } }
    return counts.isEmpty ? nil : "tokens: " + counts.joined(separator: ", ")
  }

  private static func joined(_ parts: [String?], by separator: String = ", ") -> String {
    parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: separator)
  }

  private static func quoted(_ text: String?) -> String { "“\(text ?? "")”" }

  private static func line(_ text: String) -> String {
    var line = ""
    var count = 0
    for character in text {
      let isPlain =
        !character.isNewline
        && character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      if count == limit { return line.dropLast() + "…" }
      line.append(isPlain ? character : " ")
      count += 1
    }
    return line
  }
}
