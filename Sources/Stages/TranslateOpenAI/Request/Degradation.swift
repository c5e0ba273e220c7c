/// Something of a request that an endpoint gets in a weaker form than the client sent it, or not at all.
///
/// The code is free of values, so it is safe as a metric label; so is the place, which names fields only.
package struct Degradation: Sendable, Equatable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    // Parameters.
    /// A top-level field has no counterpart.
    case fieldDropped = "field_dropped"
    case maxTokensLowered = "max_tokens_lowered"
    /// `temperature`, `top_p` or `top_k`.
    case samplingDropped = "sampling_dropped"
    /// A stop sequence of white space only.
    case stopDropped = "stop_dropped"
    /// The endpoint is not asked to watch for a stop sequence; the answer is.
    case stopWatchedLocally = "stop_watched_locally"
    case thinkingNotTurnedOff = "thinking_not_turned_off"
    case toolChoiceWeakened = "tool_choice_weakened"
    /// All tools, because the endpoint cannot be told to call none.
    case toolsWithheld = "tools_withheld"
    /// Of parallel calls only the first one of the answer will be kept.
    case parallelCallsTruncated = "parallel_calls_truncated"
    case schemaNotStrict = "schema_not_strict"
    /// The schema of the answer stands in the system prompt.
    case schemaInPrompt = "schema_in_prompt"
    // Tools.
    /// It runs at Anthropic only.
    case serverToolDropped = "server_tool_dropped"
    case strictDropped = "strict_dropped"
    // Messages.
    case imageOmitted = "image_omitted"
    case documentOmitted = "document_omitted"
    /// Images or documents of a tool result stand in the user message after it.
    case toolMediaMoved = "tool_media_moved"
    case orphanToolResult = "orphan_tool_result"
    case unansweredToolCall = "unanswered_tool_call"
    case thinkingDropped = "thinking_dropped"
    /// A placeholder stands for reasoning that the endpoint insists on.
    case reasoningUnknown = "reasoning_unknown"
    /// What a tool of Anthropic's did is told in words.
    case serverToolAsText = "server_tool_as_text"
    case blockDropped = "block_dropped"
    case messageDropped = "message_dropped"
    case systemAsUserText = "system_as_user_text"
    case systemMovedFirst = "system_moved_first"
    case prefillAsUserText = "prefill_as_user_text"
    /// Text after a tool result became part of it, for endpoints that want user and assistant to alternate.
    case textMovedIntoToolResult = "text_moved_into_tool_result"
    case cacheMarkDropped = "cache_mark_dropped"
  }

  package var code: Code
  /// Where it happened first: `messages[3].content[1]`.
  package var place: String
  /// How often it happened there or further on in the same field.
  package var count: Int

  /// `image_omitted at messages[3], 2 times`
  package var description: String {
    "\(code.rawValue) at \(place)" + (count > 1 ? ", \(count) times" : "")
  }

  package init(_ code: Code, at place: String, count: Int = 1) {
    self.code = code
    self.place = place
    self.count = count
  }
}
