import Pipeline

/// One message of a Chat Completions request in the making.
struct ChatMessage {
  enum Role { case system, user, assistant, tool }

  var role: Role
  var content = ChatContent()
  /// JSON objects.
  var toolCalls: [Bytes] = []
  /// Of a tool message: which call it answers.
  var toolCallID: EscapedText?
  /// The field that carries earlier reasoning, and its value.
  var reasoning: (field: String, value: Bytes)?
  /// `prefix` or `partial`: the model is to continue this message.
  var continuationMark: String?

  init(_ role: Role, _ parts: [ChatContent.Part] = []) {
    self.role = role
    content.parts = parts
  }

  func json(_ profile: ProviderProfile) -> Bytes {
    var fields = JSONFields(["role": Bytes(quoting: roleName(profile))])
    fields["tool_call_id"] = toolCallID?.quoted
    let text = content.json(profile)
    fields["content"] =
      text ?? (toolCalls.isEmpty ? Bytes("\"\"".utf8) : profile.omitsNullContent ? nil : Bytes("null".utf8))
    if let reasoning { fields[reasoning.field] = reasoning.value }
    if !toolCalls.isEmpty { fields["tool_calls"] = Bytes(array: toolCalls) }
    if let continuationMark { fields.set(continuationMark, "true") }
    return fields.text
  }

  private func roleName(_ profile: ProviderProfile) -> String {
    switch role {
    case .system: profile.systemRole
    case .user: "user"
    case .assistant: "assistant"
    case .tool: "tool"
    }
  }
}

/// What a message says: texts, images, files, in their order.
struct ChatContent {
  enum Part {
    /// `mark` is the `cache_control` that stood on it.
    case text(EscapedText, mark: Bytes? = nil)
    /// An image or a file, as a JSON object.
    case media(Bytes)

    var text: EscapedText? {
      if case .text(let text, _) = self { text } else { nil }
    }

    var mark: Bytes? {
      if case .text(_, let mark) = self { mark } else { nil }
    }
  }

  var parts: [Part] = []

  var isEmpty: Bool { parts.isEmpty }
  var isTextOnly: Bool { parts.allSatisfy { $0.text != nil } }

  /// Appends a text unless it is empty.
  mutating func append(_ text: EscapedText, mark: Bytes? = nil) {
    if !text.isEmpty { parts.append(.text(text, mark: mark)) }
  }

  /// A string where there is text only, else a list of parts; nil when there is nothing.
  ///
  /// With cache marks, several texts always stay apart: they would become other tokens once their mark moves
  /// on.
  func json(_ profile: ProviderProfile) -> Bytes? {
    if parts.isEmpty { return nil }
    let joins = parts.count == 1 || profile.cacheMarks == .none
    if joins, isTextOnly, parts.allSatisfy({ $0.mark == nil }) {
      return parts.compactMap(\.text).joined().quoted
    }
    return Bytes(array: parts.map { $0.json(profile.cacheMarks) })
  }
}

extension ChatContent.Part {
  func json(_ marks: ProviderProfile.CacheMarks) -> Bytes {
    switch self {
    case .media(let json): return json
    case .text(let text, let mark):
      var part = JSONFields(["type": Bytes(quoting: "text"), "text": text.quoted])
      switch marks {
      case .none: break
      case .cacheControl: part["cache_control"] = mark
      case .breakpoint: if mark != nil { part.set("prompt_cache_breakpoint", #"{"mode":"explicit"}"#) }
      }
      return part.text
    }
  }
}

extension [ChatMessage] {
  /// Providers take four cache marks a request, like Anthropic; the last ones reach furthest.
  private static let markLimit = 4

  /// Removes all cache marks but the last four.
  mutating func limitMarks(_ notes: TranslationNotes) {
    var left = Self.markLimit
    for index in indices.reversed() {
      for place in self[index].content.parts.indices.reversed() {
        guard case .text(let text, .some) = self[index].content.parts[place] else { continue }
        if left > 0 {
          left -= 1
        } else {
          self[index].content.parts[place] = .text(text)
          notes.note(.cacheMarkDropped, at: "messages")
        }
      }
    }
  }

  /// Merges neighbours of one role, and text after a tool result into that result (Q34).
  mutating func alternate(_ notes: TranslationNotes) {
    var merged: [ChatMessage] = []
    for message in self {
      guard var last = merged.popLast() else {
        merged.append(message)
        continue
      }
      switch (last.role, message.role) {
      case (.user, .user), (.system, .system), (.assistant, .assistant):
        last.absorb(message)
        merged.append(last)
      case (.tool, .user) where message.content.isTextOnly:
        last.absorb(message)
        merged.append(last)
        notes.note(.textMovedIntoToolResult, at: "messages")
      default: merged += [last, message]
      }
    }
    self = merged
  }
}

extension ChatMessage {
  fileprivate mutating func absorb(_ next: ChatMessage) {
    content.parts += next.content.parts
    toolCalls += next.toolCalls
    reasoning = reasoning ?? next.reasoning
    continuationMark = next.continuationMark
  }
}
