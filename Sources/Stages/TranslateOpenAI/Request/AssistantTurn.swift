import Pipeline

/// The translation of one assistant message.
struct AssistantTurn {
  /// Nil when nothing of it is left.
  private(set) var message: ChatMessage?
  /// The provider's names of the calls that are kept, by the client's ids.
  private(set) var calls: [String: String] = [:]
  /// Summaries of compacted conversation, which the user tells.
  private(set) var summaries: [EscapedText] = []

  private var draft = ChatMessage(.assistant)
  private var thinking: [RequestBlock] = []
  private let context: TranslationContext

  /// - Parameters:
  ///   - answered: the ids of the tool results that follow.
  ///   - replaysReasoning: whether the provider wants the reasoning of this turn back.
  init(
    _ turn: RequestMessage, answered: Set<String>, replaysReasoning: Bool, _ context: TranslationContext
  ) throws(ProxyFailure) {
    self.context = context
    for block in turn.blocks { try add(block, answered) }
    guard !draft.content.isEmpty || !draft.toolCalls.isEmpty else {
      if summaries.isEmpty { context.notes.note(.messageDropped, at: turn.place) }
      return
    }
    let history = ReasoningHistory(context: context)
    draft.reasoning = replaysReasoning ? history.field(of: thinking, at: turn.place) : nil
    message = draft
  }

  private mutating func add(_ block: RequestBlock, _ answered: Set<String>) throws(ProxyFailure) {
    switch block.type {
    case "text": draft.content.append(try block.text("text"), mark: block.mark(context.profile))
    case "tool_use": try addCall(block, answered)
    case "thinking":
      thinking.append(block)
      if !ThinkingMarker.isOurs(block.fields.string("signature") ?? "") {
        context.notes.note(.thinkingDropped, at: block.place)
      }
    case "redacted_thinking": context.notes.note(.thinkingDropped, at: block.place)
    case "server_tool_use", "mcp_tool_use": tell(ServerToolNote.call(block), of: block)
    case "compaction":
      if let summary = EscapedText(json: block.fields["content"]) {
        summaries.append("Summary of earlier conversation: \(summary)")
      }
    case let type where type.hasSuffix("_tool_result"): tell(ServerToolNote.result(block), of: block)
    default:
      // container_upload, mcp_tool_listing, fallback, and what is not known yet.
      context.notes.note(.blockDropped, at: block.place)
    }
  }

  private mutating func addCall(_ block: RequestBlock, _ answered: Set<String>) throws(ProxyFailure) {
    let id = try block.text("id").decoded
    let name = context.notes.providerName(of: try block.text("name").decoded)
    let input = block.fields.kind("input") == .object ? block.fields["input"] : nil
    let arguments = (input ?? Bytes("{}".utf8)).compactJSON
    guard answered.contains(id), calls[id] == nil else {
      // Providers refuse a call whose result is missing.
      context.notes.note(.unansweredToolCall, at: block.place)
      draft.content.append("[call of \(name) without a result: \(arguments.text)]")
      return
    }
    calls[id] = name
    let (ownID, extra) = ToolCallID(profile: context.profile, memory: context.memory).forProvider(id)
    let function = JSONFields(["name": Bytes(quoting: name), "arguments": arguments.jsonQuoted])
    var call = JSONFields([
      "id": Bytes(quoting: ownID), "type": Bytes(quoting: "function"), "function": function.text,
    ])
    if context.profile.replaysThoughtSignatures, let extra { call.set("extra_content", extra) }
    draft.toolCalls.append(call.text)
  }

  private mutating func tell(_ note: EscapedText?, of block: RequestBlock) {
    context.notes.note(.serverToolAsText, at: block.place)
    if let note { draft.content.append(note) }
  }
}
