import Pipeline

/// The result of a tool call: a tool message, and what does not fit into one.
struct ToolResult {
  private(set) var content = ChatContent()
  /// For the user message that follows all tool messages of the turn (translation.md §3a).
  private(set) var media: [ChatContent.Part] = []
  private var mediaTypes: Set<String> = []

  /// What stands before them there.
  func mediaTitle(tool: String, id: String) -> EscapedText {
    "\(mediaTypes == ["image"] ? "Images" : "Files") returned by tool \(tool) (\(id)):"
  }

  init(_ block: RequestBlock, _ context: TranslationContext) throws(ProxyFailure) {
    for inner in try RequestBlock.list(block.fields["content"], at: "\(block.place).content") {
      try add(inner, context)
    }
    if content.isEmpty { content.append("(no output)") }
    // OpenAI has no flag for it.
    if block.fields["is_error"]?.isTrue == true { markError() }
    if let mark = block.mark(context.profile), case .text(let text, _) = content.parts.last {
      content.parts[content.parts.count - 1] = .text(text, mark: mark)
    }
  }

  private mutating func add(_ block: RequestBlock, _ context: TranslationContext) throws(ProxyFailure) {
    if let parts = try MediaBlocks(context: context).parts(of: block) {
      for part in parts { add(part, block, context) }
      return
    }
    switch block.type {
    case "text": content.append(try block.text("text"), mark: block.mark(context.profile))
    case "tool_reference":
      let name = context.notes.providerName(of: block.fields.string("tool_name") ?? "")
      content.append("tool loaded: \(name)")
    default: context.notes.note(.blockDropped, at: block.place)
    }
  }

  private mutating func add(
    _ part: ChatContent.Part, _ block: RequestBlock, _ context: TranslationContext
  ) {
    switch part {
    case .text: content.parts.append(part)
    case .media where block.type == "image" && context.profile.acceptsImagesInToolMessages:
      content.parts.append(part)
    case .media:
      context.notes.note(.toolMediaMoved, at: block.place)
      if mediaTypes.insert(block.type).inserted { content.append("(\(block.type) below)") }
      media.append(part)
    }
  }

  private mutating func markError() {
    if case .text(let text, let mark) = content.parts.first {
      content.parts[0] = .text("Error: \(text)", mark: mark)
    } else {
      content.parts.insert(.text("Error:"), at: 0)
    }
  }
}
