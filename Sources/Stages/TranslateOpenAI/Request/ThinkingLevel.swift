import Pipeline

/// How much a client wants thought (translation.md §2).
enum ThinkingLevel: String, CaseIterable {
  case off, low, medium, high, xhigh, max

  /// What a request asks for; nil: whatever the provider does by itself.
  ///
  /// An explicit effort wins over a budget, but not over thinking that is switched off.
  init?(_ request: JSONFields) {
    let thinking = request.object("thinking")
    let effort = request.object("output_config")?.string("effort")
    switch thinking?.string("type") {
    case "disabled", "between_tools": self = .off
    case let type:
      if let level = effort.flatMap(Self.init(rawValue:)), level != .off {
        self = level
      } else if type == "adaptive" {
        // What Anthropic's models do when no effort is named.
        self = .high
      } else if type == "enabled" {
        self = Self(budget: thinking?.integer("budget_tokens") ?? 0)
      } else {
        return nil
      }
    }
  }

  private init(budget: Int) {
    switch budget {
    case ..<2048: self = .low
    case ..<8192: self = .medium
    case ..<24576: self = .high
    default: self = .xhigh
    }
  }

  /// The word of `levels` for this level: its own, else that of the next lower one, else of the lowest there
  /// is.
  ///
  /// Nil when there is none. Thinking is never switched off in place of a little of it, nor the reverse.
  func word(in levels: [String: String]) -> String? {
    if self == .off { return levels[rawValue] }
    let all = Self.allCases.dropFirst()
    let lower = all.prefix { $0 != self }
    let higher = all.drop { $0 != self }
    return (Array(higher.prefix(1)) + lower.reversed() + higher.dropFirst())
      .lazy.compactMap { levels[$0.rawValue] }.first
  }
}

extension JSONFields {
  /// Asks for `level` the way the provider wants to be asked.
  mutating func setReasoning(_ level: ThinkingLevel, _ context: TranslationContext) {
    let profile = context.profile
    let word = level.word(in: profile.reasoningLevels).flatMap { $0.isEmpty ? nil : $0 }
    switch profile.reasoningSwitch {
    case .none: break
    case .effort:
      if let word { self["reasoning_effort"] = Bytes(quoting: word) }
    case .thinkingType: setThinkingType(isOn: level != .off, profile)
    case .thinkingTypeAndEffort:
      // A word for "off" means that the least of thinking is all that can be had.
      setThinkingType(isOn: level != .off || word != nil, profile)
      if let word { self["reasoning_effort"] = Bytes(quoting: word) }
    case .enableThinking:
      set("enable_thinking", level == .off ? "false" : "true")
      if level != .off, let budget = word.flatMap({ Int($0) }) { set("thinking_budget", "\(budget)") }
    case .reasoningObject:
      if level == .off {
        set("reasoning", #"{"enabled":false}"#)
      } else {
        set("reasoning", word.map { #"{"effort":\#($0.jsonQuoted)}"# } ?? #"{"enabled":true}"#)
      }
    case .disableReasoning:
      if level == .off { set("disable_reasoning", "true") }
    case .chatTemplate:
      set("chat_template_kwargs", #"{"enable_thinking":\#(level != .off)}"#)
    }
    if level == .off, !profile.canTurnThinkingOff {
      context.notes.note(.thinkingNotTurnedOff, at: "thinking")
    }
  }

  private mutating func setThinkingType(isOn: Bool, _ profile: ProviderProfile) {
    let kept = profile.keepsEarlierThinking ? #","clear_thinking":false"# : ""
    set("thinking", isOn ? #"{"type":"enabled"\#(kept)}"# : #"{"type":"disabled"}"#)
  }
}

extension ProviderProfile {
  fileprivate var canTurnThinkingOff: Bool {
    let word = reasoningLevels[ThinkingLevel.off.rawValue] ?? ""
    return switch reasoningSwitch {
    case .effort: word == "none" || word == "minimal"
    case .thinkingTypeAndEffort: word.isEmpty
    // With no switch at all, nothing is known to think.
    case .none, .thinkingType, .enableThinking, .reasoningObject, .chatTemplate, .disableReasoning: true
    }
  }
}
