/// The kinds of content blocks, and which deltas fit them.
enum BlockType: Equatable {
  case text, thinking, redactedThinking, toolUse, serverToolUse, mcpToolUse
  /// `web_search_tool_result` and its like: whole in their start.
  case toolResult
  case compaction, fallback
  /// Other known types that come whole in their start.
  case whole
  /// A type that is not known: passes untouched, whatever its deltas.
  case unknown

  init(name: String) {
    switch name {
    case "text": self = .text
    case "thinking": self = .thinking
    case "redacted_thinking": self = .redactedThinking
    case "tool_use": self = .toolUse
    case "server_tool_use": self = .serverToolUse
    case "mcp_tool_use": self = .mcpToolUse
    case "compaction": self = .compaction
    case "fallback": self = .fallback
    case "container_upload", "mcp_tool_listing": self = .whole
    case _ where name.hasSuffix("_tool_result"): self = .toolResult
    default: self = .unknown
    }
  }

  /// What `failover` needs to know of it.
  var kind: MessageEvent.BlockKind {
    switch self {
    case .text: .text
    case .thinking: .thinking
    case .redactedThinking: .redactedThinking
    case .toolUse: .toolUse
    case .serverToolUse, .mcpToolUse: .serverToolUse
    case .toolResult, .compaction, .fallback, .whole, .unknown: .other
    }
  }

  /// A call with a JSON input.
  var isTool: Bool {
    switch self {
    case .toolUse, .serverToolUse, .mcpToolUse: true
    case .text, .thinking, .redactedThinking, .toolResult, .compaction, .fallback, .whole, .unknown: false
    }
  }

  /// How a delta suits a block.
  enum Fit: Equatable {
    case fits
    /// Clients ignore it, and no content is at stake (V24).
    case unexpected
    /// Clients would silently lose content (V16).
    case mismatch
  }

  func fit(of delta: DeltaType) -> Fit {
    switch (self, delta) {
    case (_, .other), (.unknown, _): .fits
    case (.text, .text), (.text, .citations): .fits
    case (.thinking, .thinking), (.thinking, .signature): .fits
    case (.toolUse, .inputJSON), (.serverToolUse, .inputJSON), (.mcpToolUse, .inputJSON): .fits
    case (.compaction, .compaction): .fits
    case (.redactedThinking, _), (.toolResult, _), (.fallback, _), (.whole, _): .unexpected
    case (.text, _), (.thinking, _), (.toolUse, _), (.serverToolUse, _), (.mcpToolUse, _), (.compaction, _):
      .mismatch
    }
  }
}
