import Pipeline

/// What one OpenAI-compatible provider wants and refuses, as data: the translator asks this, never a name.
///
/// Profiles are read from `providers.yaml`; every field can be overridden per endpoint. The defaults here are
/// the plain Chat Completions grammar with nothing optional in it. What a provider wants of single models only
/// stands in `models`: translate with `profile(for:)`.
package struct ProviderProfile: Sendable, Equatable {
  /// How a thinking level is asked for (translation.md §2).
  package enum ReasoningSwitch: String, Sendable, CaseIterable {
    /// Nothing is sent.
    case none
    /// `reasoning_effort: LEVEL`
    case effort
    /// `thinking: {type: enabled|disabled}`
    case thinkingType = "thinking_type"
    /// Both: `thinking: {type}` and `reasoning_effort`.
    case thinkingTypeAndEffort = "thinking_type_and_effort"
    /// `enable_thinking: BOOL`, `thinking_budget: TOKENS`
    case enableThinking = "enable_thinking"
    /// `reasoning: {enabled: false}` or `reasoning: {effort: LEVEL}`
    case reasoningObject = "reasoning_object"
    /// `chat_template_kwargs: {enable_thinking: BOOL}`
    case chatTemplate = "chat_template"
    /// `disable_reasoning: true` when nothing is to be thought
    case disableReasoning = "disable_reasoning"
  }

  /// The field of an assistant message that carries earlier reasoning back.
  package enum ReasoningReplay: String, Sendable, CaseIterable {
    /// It is left out.
    case none
    case reasoningContent = "reasoning_content"
    case reasoning
    /// OpenRouter's array, verbatim.
    case reasoningDetails = "reasoning_details"
  }

  /// How much of it goes back.
  package enum ReplayScope: String, Sendable, CaseIterable {
    /// The turns since the last message that a user wrote.
    case toolLoop = "tool_loop"
    case always
  }

  /// What becomes of a document that is not text.
  package enum Documents: String, Sendable, CaseIterable { case file, placeholder }

  /// What `response_format` can be.
  package enum StructuredOutput: String, Sendable, CaseIterable {
    case jsonSchema = "json_schema"
    case jsonObject = "json_object"
    case none
  }

  /// How a trailing assistant message is marked as one to continue.
  package enum Prefill: String, Sendable, CaseIterable {
    /// It stays the last message, without a mark.
    case plain
    /// `prefix: true`
    case prefix
    /// `partial: true`
    case partial
    /// It becomes a user text that asks to continue.
    case asUserText = "user_text"
  }

  package enum CacheMarks: String, Sendable, CaseIterable {
    case none
    /// `cache_control` stays on text parts.
    case cacheControl = "cache_control"
    /// `prompt_cache_breakpoint`, at most four.
    case breakpoint
  }

  /// What is different for some of the provider's models.
  package struct ModelProfile: Sendable, Equatable {
    /// With wildcards `*` and `?`, over the whole name the endpoint is asked for.
    package var pattern: String
    /// In place of the provider's; has no `models` of its own.
    package var profile: ProviderProfile

    package init(pattern: String, profile: ProviderProfile) {
      self.pattern = pattern
      self.profile = profile
    }
  }

  package var name: String

  // MARK: Request
  package var maxTokensField = "max_tokens"
  /// Larger values are lowered to it.
  package var maxTokensLimit: Int?
  package var sendsStreamOptions = true
  package var systemRole = "system"
  /// System messages may stand anywhere; otherwise later ones become user text.
  package var acceptsLateSystem = false
  /// Two messages of one role in a row are merged (Q34).
  package var needsAlternation = false
  package var acceptsImages = true
  /// Image parts may stand in tool messages (§3a).
  package var acceptsImagesInToolMessages = false
  package var documents = Documents.placeholder
  /// The values of `tool_choice` it takes, out of `auto`, `required`, `none`, `function`.
  package var toolChoices: Set<String> = ["auto", "required", "none", "function"]
  /// A forced tool is refused while thinking: it becomes `auto`.
  package var refusesForcedToolWhileThinking = false
  package var acceptsParallelToolCalls = true
  package var acceptsStrictTools = false
  package var toolIDLength = 64
  /// Keywords removed from tool schemas, wherever they stand (`$schema`, `format`, …).
  package var schemaKeywordsDropped: Set<String> = []
  package var structuredOutput = StructuredOutput.jsonSchema
  package var stopLimit = 4
  package var acceptsTopK = false
  /// `temperature` and `top_p` are fixed or ignored.
  package var fixesSampling = false
  package var cacheMarks = CacheMarks.none
  /// The field that gets a hash of the user id; nil: none.
  package var userField: String?
  package var prefill = Prefill.plain
  /// Content beside tool calls must be missing (`omit`) or may be null (Q35).
  package var omitsNullContent = false
  /// Top-level members that are removed whatever put them there (Q41, Q52).
  package var fieldsDropped: Set<String> = []
  /// Top-level members added to every request, as JSON texts (`tool_stream: true`).
  package var fieldsAdded: [String: String] = [:]

  // MARK: Reasoning
  package var reasoningSwitch = ReasoningSwitch.none
  /// Thinking level (`off`, `low`, `medium`, `high`, `xhigh`, `max`) to the provider's word; a missing level
  /// takes the next lower one that is there. An empty word leaves the parameter out.
  package var reasoningLevels: [String: String] = [:]
  /// With `thinking: {type: enabled}` goes `clear_thinking: false`: reasoning of earlier turns stays in use.
  package var keepsEarlierThinking = false
  package var reasoningReplay = ReasoningReplay.none
  package var replayScope = ReplayScope.toolLoop
  /// Sent for a turn of which no reasoning is known, where the field must be there; nil: left out.
  package var reasoningPlaceholder: String?
  /// `extra_content` of a tool call is kept and sent back (Q31).
  package var replaysThoughtSignatures = false

  // MARK: Answer
  /// `<think>` sections of the text become thinking blocks (Q17).
  package var splitsThinkTags = false
  /// Arguments of these tools may be written the Python way; they are mended before they are checked.
  package var pythonJSONTools: Set<String> = []

  // MARK: Models
  /// Tried in order; the first match wins.
  package var models: [ModelProfile] = []

  package init(name: String) { self.name = name }

  /// The profile that holds for a model, by the name the endpoint is asked for.
  package func profile(for model: String) -> ProviderProfile {
    models.first { WildcardPattern($0.pattern).matches(model) }?.profile ?? self
  }
}
