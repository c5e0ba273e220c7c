import Pipeline

/// The members of a translated request other than its messages (translation.md §1).
struct RequestParameters {
  /// What is left for the answer to mind.
  private(set) var watchedStopSequences: [String] = []
  private(set) var keepsFirstToolCallOnly = false
  /// For the system prompt: the schema an answer must have, where no parameter says so.
  private(set) var systemNote: EscapedText?

  private let request: JSONFields
  private let level: ThinkingLevel?
  private let context: TranslationContext
  private var profile: ProviderProfile { context.profile }

  init(_ request: JSONFields, _ context: TranslationContext) {
    self.request = request
    self.context = context
    level = ThinkingLevel(request)
  }

  /// Top-level fields that are translated or rightly without effect.
  private static let known: Set<String> = [
    "model", "messages", "system", "tools", "tool_choice", "metadata", "max_tokens", "thinking",
    "output_config",
    "stream", "stop_sequences", "temperature", "top_p", "top_k",
  ]

  /// Sets all but the tools.
  mutating func write(to body: inout JSONFields, maxTokensField: String) {
    setMaxTokens(maxTokensField, in: &body)
    setSampling(in: &body)
    setStop(in: &body)
    setResponseFormat(in: &body)
    if let level { body.setReasoning(level, context) }
    if let field = profile.userField, let user = request.object("metadata")?.string("user_id") {
      // The value names an account and a session, so it is never passed on.
      body[field] = Bytes(quoting: String(StableHash(user.utf8).hexadecimal))
    }
    if request["stream"]?.isTrue == true {
      body.set("stream", "true")
      if profile.sendsStreamOptions { body.set("stream_options", #"{"include_usage":true}"#) }
    }
    for key in request.keys where !Self.known.contains(key) { context.notes.note(.fieldDropped, at: key) }
    if request.object("output_config")?["task_budget"] != nil {
      context.notes.note(.fieldDropped, at: "output_config.task_budget")
    }
  }

  // MARK: Single ones

  private func setMaxTokens(_ field: String, in body: inout JSONFields) {
    guard let given = request["max_tokens"], let count = request.integer("max_tokens") else { return }
    guard let limit = profile.maxTokensLimit, count > limit else {
      body[field] = given
      return
    }
    body.set(field, "\(limit)")
    context.notes.note(.maxTokensLowered, at: "max_tokens")
  }

  private func setSampling(in body: inout JSONFields) {
    for key in ["temperature", "top_p", "top_k"] where request.kind(key) == .number {
      if key == "top_k" ? profile.acceptsTopK : !profile.fixesSampling {
        body[key] = request[key]
      } else {
        context.notes.note(.samplingDropped, at: key)
      }
    }
  }

  private mutating func setStop(in body: inout JSONFields) {
    let given = (request.array("stop_sequences") ?? []).filter { $0.jsonKind == .string }
    let usable = given.filter { sequence in
      let isBlank = (sequence.jsonString ?? "").allSatisfy(\.isWhitespace)
      if isBlank { context.notes.note(.stopDropped, at: "stop_sequences") }
      return !isBlank
    }
    let sent = usable.prefix(max(0, profile.stopLimit))
    if !sent.isEmpty { body["stop"] = Bytes(array: sent) }
    watchedStopSequences = usable.dropFirst(sent.count).compactMap(\.jsonString)
    if !watchedStopSequences.isEmpty { context.notes.note(.stopWatchedLocally, at: "stop_sequences") }
  }

  private mutating func setResponseFormat(in body: inout JSONFields) {
    guard let format = request.object("output_config")?.object("format"),
      format.string("type") == "json_schema", let given = format["schema"]
    else { return }
    let schema = ToolSchema(given).without(profile.schemaKeywordsDropped)
    switch profile.structuredOutput {
    case .jsonSchema:
      if !schema.isStrict { context.notes.note(.schemaNotStrict, at: "output_config.format") }
      let wrapped = JSONFields([
        "name": Bytes(quoting: "answer"), "schema": schema.text,
        "strict": Bytes(utf8: schema.isStrict ? "true" : "false"),
      ])
      body["response_format"] =
        JSONFields(["type": Bytes(quoting: "json_schema"), "json_schema": wrapped.text]).text
      return
    case .jsonObject: body.set("response_format", #"{"type":"json_object"}"#)
    case .none: break
    }
    context.notes.note(.schemaInPrompt, at: "output_config.format")
    let schemaText = EscapedText(schema.text.compactJSON.text)
    systemNote = "Answer with nothing but one JSON object that conforms to this JSON Schema:\n\(schemaText)"
  }

  // MARK: Tools

  /// Sets the tools and how they may be called.
  mutating func write(_ tools: ToolList, to body: inout JSONFields) {
    let choice = request.object("tool_choice")
    let definitions = tools.offered.compactMap { $0.function(context) }
    guard !definitions.isEmpty else { return }
    if choice?.string("type") == "none", !profile.toolChoices.contains("none") {
      context.notes.note(.toolsWithheld, at: "tool_choice")
      return
    }
    body["tools"] = Bytes(array: definitions)
    if let choice { setChoice(choice, tools, in: &body) }
    guard choice?["disable_parallel_tool_use"]?.isTrue == true else { return }
    if profile.acceptsParallelToolCalls {
      body.set("parallel_tool_calls", "false")
    } else {
      keepsFirstToolCallOnly = true
      context.notes.note(.parallelCallsTruncated, at: "tool_choice")
    }
  }

  private func setChoice(_ choice: JSONFields, _ tools: ToolList, in body: inout JSONFields) {
    let name = choice.string("name")
    let isOffered = tools.offered.contains { $0.name == name }
    let canForce = !(profile.refusesForcedToolWhileThinking && level != .off)
    let wanted: String
    switch choice.string("type") {
    case "any": wanted = "required"
    case "tool": wanted = "function"
    case "none": wanted = "none"
    case let type: wanted = type ?? "auto"
    }
    if wanted == "function", isOffered, canForce, profile.toolChoices.contains(wanted), let name {
      let function = #"{"name":\#(context.notes.providerName(of: name).jsonQuoted)}"#
      body.set("tool_choice", #"{"type":"function","function":\#(function)}"#)
      return
    }
    let isForced = wanted == "required" || wanted == "function" && isOffered
    let forced = canForce && profile.toolChoices.contains("required") ? "required" : "auto"
    let sent = isForced ? forced : wanted == "none" ? wanted : "auto"
    if sent != wanted { context.notes.note(.toolChoiceWeakened, at: "tool_choice") }
    if profile.toolChoices.contains(sent) { body["tool_choice"] = Bytes(quoting: sent) }
  }
}
