/// A rule that gives a request a tag when its condition holds.
package struct TagRule: Sendable, Equatable {
  package var name: String
  package var tag: String
  package var isEnabled = true
  /// Smaller comes first; all rules run, the order matters to the log only.
  package var priority = 1
  package var condition: TagCondition

  package init(name: String, tag: String, condition: TagCondition) {
    self.name = name
    self.tag = tag
    self.condition = condition
  }
}

/// What a rule looks at. Patterns know `*` (any run) and `?` (one character) over the whole value.
package indirect enum TagCondition: Sendable, Equatable {
  case path(pattern: String)
  /// Absent headers never match.
  case header(name: String, pattern: String)
  case query(name: String, pattern: String)
  case method([String])
  case model(pattern: String)
  /// A value of the body at a dotted path (`metadata.user_id`, `tools.0.name`).
  case bodyJSON(path: String, test: ValueTest)
  /// The last text of the last user message.
  case userMessage(pattern: String)
  /// Thinking is on with a budget of at least this many tokens (adaptive thinking has no budget: 0 matches).
  case thinking(minimumBudget: Int)
  /// A derived fact.
  case fact(Fact, test: ValueTest)
  /// A Lua chunk that returns true or false.
  case script(source: String, name: String)
  case all([TagCondition])
  case any([TagCondition])
  case not(TagCondition)

  package enum Fact: String, Sendable, CaseIterable {
    case toolCount = "tool_count"
    case hasImage = "has_image"
    case estimatedInputTokens = "estimated_input_tokens"
    case sessionID = "session_id"
    case isStreamed = "stream"
    case messageCount = "message_count"
  }

  package enum ValueTest: Sendable, Equatable {
    case exists(Bool)
    case matches(pattern: String)
    case compare(Comparison, Double)
  }

  package enum Comparison: String, Sendable, CaseIterable {
    case less = "lt"
    case lessOrEqual = "le"
    case equal = "eq"
    case notEqual = "ne"
    case greaterOrEqual = "ge"
    case greater = "gt"
  }
}
