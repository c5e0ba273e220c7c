import Pipeline

/// The texts that stand before a conversation: `system`, and system messages that may not stand later.
struct SystemPrompt {
  /// Claude Code's first block: its version and a fingerprint that changes with every request.
  private static let attribution = "cc_version="

  private(set) var content = ChatContent()

  init(_ system: Bytes?, _ context: TranslationContext) throws(ProxyFailure) {
    for (index, block) in try RequestBlock.list(system, at: "system").enumerated() {
      let text = try block.text("text")
      if index == 0, system?.jsonKind == .array, text.decoded.contains(Self.attribution) { continue }
      content.append(text, mark: block.mark(context.profile))
    }
  }

  mutating func append(_ more: ChatContent) { content.parts += more.parts }

  var message: ChatMessage? { content.isEmpty ? nil : ChatMessage(.system, content.parts) }
}
