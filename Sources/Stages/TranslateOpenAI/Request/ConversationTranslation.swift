import Pipeline

/// Turns a conversation into Chat Completions messages (translation.md §3).
///
/// A conversation is a row of assistant turns, each followed by a run of other messages: tool results belong
/// to the turn before them, wherever in the run they stand.
struct ConversationTranslation {
  private(set) var system: SystemPrompt
  /// Without the system prompt.
  private(set) var messages: [ChatMessage] = []
  private let context: TranslationContext

  init(
    _ turns: [RequestMessage], after system: SystemPrompt, _ context: TranslationContext
  ) throws(ProxyFailure) {
    self.context = context
    self.system = system
    let lastPrompt = turns.lastIndex(where: \.isPrompt) ?? -1
    let lastUser = turns.lastIndex { $0.role == .user } ?? -1
    var index = 0
    while index < turns.count {
      var calls: [String: String] = [:]
      var end = index
      if turns[index].role == .assistant {
        end = turns[(index + 1)...].firstIndex { $0.role == .assistant } ?? turns.count
        let replays = context.profile.replayScope == .always || index > lastPrompt
        calls = try addAssistant(turns[index], before: turns[(index + 1)..<end], replays)
        index += 1
      } else {
        end = turns[index...].firstIndex { $0.role == .assistant } ?? turns.count
      }
      try addRun(turns[index..<end], answering: calls, lastUser: lastUser)
      index = end
    }
    markPrefill(turns)
    if context.profile.needsAlternation { messages.alternate(context.notes) }
  }

  // MARK: Assistant turns

  private mutating func addAssistant(
    _ turn: RequestMessage, before run: ArraySlice<RequestMessage>, _ replaysReasoning: Bool
  ) throws(ProxyFailure) -> [String: String] {
    let results = run.lazy.flatMap(\.blocks).filter { $0.type == "tool_result" }
    let answered = Set(results.compactMap { $0.fields.string("tool_use_id") })
    let assistant = try AssistantTurn(
      turn, answered: answered, replaysReasoning: replaysReasoning, context)
    messages += assistant.summaries.map { ChatMessage(.user, [.text($0)]) }
    if let message = assistant.message { messages.append(message) }
    return assistant.calls
  }

  /// A conversation that ends with the assistant's words is to be continued by it.
  private mutating func markPrefill(_ turns: [RequestMessage]) {
    guard turns.last?.role == .assistant, var last = messages.last, last.role == .assistant else { return }
    switch context.profile.prefill {
    case .plain: return
    case .prefix, .partial: last.continuationMark = context.profile.prefill.rawValue
    case .asUserText:
      context.notes.note(.prefillAsUserText, at: turns.last?.place ?? "messages")
      let text = last.content.parts.compactMap(\.text).joined()
      last = ChatMessage(
        .user, [.text("Continue your answer from exactly where it stops, repeating nothing: \(text)")])
    }
    messages[messages.count - 1] = last
  }

  // MARK: What stands between them

  private mutating func addRun(
    _ run: ArraySlice<RequestMessage>, answering calls: [String: String], lastUser: Int
  ) throws(ProxyFailure) {
    var open = calls
    var tools: [ChatMessage] = []
    var rest: [ChatMessage] = []
    for (index, message) in zip(run.indices, run) {
      switch message.role {
      case .user:
        let user = try userMessage(message, &open, &tools)
        if user.content.isEmpty {
          if !message.blocks.contains(where: { $0.type == "tool_result" }) {
            context.notes.note(.messageDropped, at: message.place)
          }
        } else {
          rest.append(user)
        }
      case .system:
        let isOver = message.fields.string("clear_at") == "next_user_message" && index < lastUser
        if !isOver, let late = try lateSystem(message, isLeading: messages.isEmpty && rest.isEmpty) {
          rest.append(late)
        }
      case .assistant: break
      }
    }
    messages += tools + rest
  }

  /// What is left of a user message without the results of `open` calls, which become messages in `tools`.
  private func userMessage(
    _ message: RequestMessage, _ open: inout [String: String], _ tools: inout [ChatMessage]
  ) throws(ProxyFailure) -> ChatMessage {
    var media = ChatContent()
    var content = ChatContent()
    for block in message.blocks {
      if block.type == "tool_result" {
        let id = try block.text("tool_use_id")
        let result = try ToolResult(block, context)
        if let name = open.removeValue(forKey: id.decoded) {
          addTool(result, of: name, id.decoded, &tools, &media)
        } else {
          context.notes.note(.orphanToolResult, at: block.place)
          content.append("Tool result for \(id):")
          content.parts += result.content.parts + result.media
        }
      } else if block.type == "text" {
        content.append(try block.text("text"), mark: block.mark(context.profile))
      } else if let parts = try MediaBlocks(context: context).parts(of: block) {
        content.parts += parts
      } else {
        context.notes.note(.blockDropped, at: block.place)
      }
    }
    return ChatMessage(.user, media.parts + content.parts)
  }

  private func addTool(
    _ result: ToolResult, of name: String, _ id: String, _ tools: inout [ChatMessage],
    _ media: inout ChatContent
  ) {
    let ownID = ToolCallID(profile: context.profile, memory: context.memory).forProvider(id).id
    var message = ChatMessage(.tool, result.content.parts)
    message.toolCallID = EscapedText(ownID)
    tools.append(message)
    if result.media.isEmpty { return }
    media.append(result.mediaTitle(tool: name, id: ownID))
    media.parts += result.media
  }

  /// A system message within the conversation (row S): at the top, where it stands, or as the user's words.
  private mutating func lateSystem(
    _ message: RequestMessage, isLeading: Bool
  ) throws(ProxyFailure) -> ChatMessage? {
    var content = ChatContent()
    for block in message.blocks where block.type == "text" {
      content.append(try block.text("text"), mark: block.mark(context.profile))
    }
    if content.isEmpty { return nil }
    if isLeading || context.movesSystemMessagesFirst {
      if !isLeading { context.notes.note(.systemMovedFirst, at: message.place) }
      system.append(content)
      return nil
    }
    if context.profile.acceptsLateSystem { return ChatMessage(.system, content.parts) }
    context.notes.note(.systemAsUserText, at: message.place)
    let text = content.parts.compactMap(\.text).joined()
    return ChatMessage(
      .user, [.text("<system-reminder>\n\(text)\n</system-reminder>", mark: content.parts.last?.mark)])
  }
}
