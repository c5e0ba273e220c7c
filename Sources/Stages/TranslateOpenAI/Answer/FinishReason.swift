/// Why a chat completion ended (translation.md §5.3).
package enum FinishReason: Sendable, Equatable {
  case stop, toolCalls, length, refusal, contextWindow
  /// The answer failed: it is partial (Q11–Q13).
  case failed, networkFailed, overloaded
  /// A word that nobody documented.
  case other

  init(_ word: String) {
    switch word.lowercased() {
    case "stop", "end_turn", "eos", "stop_sequence": self = .stop
    case "tool_calls", "function_call", "tool_use": self = .toolCalls
    case "length", "max_tokens", "max_output", "max_output_tokens": self = .length
    case "content_filter", "sensitive", "refusal", "safety": self = .refusal
    case "model_context_window_exceeded", "context_length", "context_length_exceeded": self = .contextWindow
    case "error", "cancelled", "canceled", "abort": self = .failed
    case "network_error": self = .networkFailed
    case "insufficient_system_resource": self = .overloaded
    default: self = .other
    }
  }

  /// The tokens ran out: a tool call may be cut anywhere.
  var cutsCalls: Bool { self == .length || self == .contextWindow }
}
