/// What the flow needs to know of a request, read in one pass over its body.
///
/// Ranges are indexes into the body, so single values can be spliced without touching the rest.
package struct RequestFacts: Sendable {
  /// Which of the API's endpoints was asked.
  package enum Kind: Sendable, Equatable {
    /// `POST /v1/messages`
    case messages
    /// `POST /v1/messages/count_tokens`
    case countTokens
    /// Any other path: relayed to an Anthropic endpoint without looking inside.
    case passThrough
  }

  package enum Thinking: Sendable, Equatable {
    case off
    case adaptive
    case enabled(budget: Int)
  }

  /// A key of the body's top level.
  package struct Field: Sendable, Equatable {
    package var key: String
    /// From the opening to after the closing quote of the key.
    package var keyRange: Range<Int>
    /// The value without surrounding white space.
    package var valueRange: Range<Int>

    package init(key: String, keyRange: Range<Int>, valueRange: Range<Int>) {
      self.key = key
      self.keyRange = keyRange
      self.valueRange = valueRange
    }
  }

  package var kind = Kind.passThrough
  package var model: String?
  package var isStreamed = false
  package var maxTokens: Int?
  package var thinking = Thinking.off
  package var messageCount = 0
  /// The last text of the last user message.
  package var lastUserText: String?
  package var hasImage = false
  /// Earlier turns have thinking blocks, redacted or not.
  package var hasThinkingBlocks = false
  package var toolNames: [String] = []
  /// A tool asks for `eager_input_streaming`, or the fine-grained beta header is there: tool input may be
  /// invalid JSON without fault.
  package var allowsInvalidToolInput = false
  /// `metadata.user_id` as sent.
  package var userID: String?
  /// `x-claude-code-session-id`, else `session_id` inside `metadata.user_id`.
  package var sessionID: String?
  /// In the order of the body; empty when there is no JSON object.
  package var fields: [Field] = []

  package init() {}
}
