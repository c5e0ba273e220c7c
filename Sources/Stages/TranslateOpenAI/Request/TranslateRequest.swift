package import Pipeline

/// Translates a request of the Messages API into one of Chat Completions (translation.md §1–§4).
///
/// The same conversation always becomes the same bytes, and a longer one begins like the shorter one it
/// continues (but for cache marks and for reasoning, where a provider wants that of the last turns only), so
/// that the provider's prompt cache works. Texts, schemas and tool inputs keep their spelling.
/// What has no counterpart is left out or told in words, and noted as a `Degradation`.
///
/// The members of the translated body come from, in this order, each overriding those before it: the request,
/// the profile's `fieldsAdded` where nothing else set the member, its `fieldsDropped`, and the endpoint's
/// `parameter_overrides`.
package struct TranslateRequest: Sendable {
  /// Names this part in failures; it runs inside an attempt and is no node of its own.
  package static let name: StageName = "translate-request"

  private let profile: ProviderProfile
  private let endpoint: Endpoint

  /// - Parameter profile: the one that holds for the model the endpoint is asked for.
  package init(profile: ProviderProfile, endpoint: Endpoint) {
    self.profile = profile
    self.endpoint = endpoint
  }

  /// - Parameters:
  ///   - body: what the client sent.
  ///   - model: the name the endpoint knows the model by.
  ///   - memory: what answers of this proxy brought that the client could not carry.
  /// - Throws: `badRequest` (status 400), naming the field: with `never` for a request that breaks the
  ///   Messages API, with `nextEndpoint` for what an Anthropic endpoint may understand. `internalFault` for an
  ///   override that is no JSON.
  package func translated(
    _ body: Bytes, model: String, memory: some ReasoningReplaying
  ) throws(ProxyFailure) -> RequestTranslation {
    let context = TranslationContext(
      profile: profile, movesSystemMessagesFirst: endpoint.reorderSystemMessagesFirst, memory: memory)
    let request = try Self.read(body)
    if request.integer("max_tokens") == 0 { return .answerLocally(.nothingToGenerate(request)) }

    let turns = try RequestMessage.list(request["messages"])
    let tools = try ToolList(request["tools"], turns, context)
    if let tool = tools.onlyServerTool, tools.offered.isEmpty {
      return .answerLocally(.unavailable(tool, request))
    }
    var parameters = RequestParameters(request, context)
    var fields = JSONFields(["model": Bytes(quoting: model), "messages": Bytes(utf8: "[]")])
    parameters.write(tools, to: &fields)
    parameters.write(to: &fields, maxTokensField: endpoint.maxTokensFieldName ?? profile.maxTokensField)
    fields["messages"] = try messages(turns, request, parameters, context)
    try finish(&fields)
    return .send(
      TranslatedRequest(
        body: fields.text, translation: translation(request, parameters, context),
        degradations: context.notes.degradations))
  }

  private static func read(_ body: Bytes) throws(ProxyFailure) -> JSONFields {
    let request: JSONFields
    do throws(JSONError) {
      request = try JSONFields(body)
    } catch {
      throw .malformed("body", "It is not one JSON object: \(error)")
    }
    if let thread = request.kind("thread"), thread != .null {
      // What was said before is kept at Anthropic; told so, the client sends it all again.
      var failure = ProxyFailure.untranslatable(
        "thread", "thread_unsupported_request: a request that continues a thread cannot be answered")
      failure.upstreamBody = Bytes(
        utf8: #"""
          {"type":"error","error":{"type":"invalid_request_error","message":\#(failure.detail.jsonQuoted),\#
          "details":{"error_code":"thread_unsupported_request"}}}
          """#)
      throw failure
    }
    return request
  }

  private func messages(
    _ turns: [RequestMessage], _ request: JSONFields, _ parameters: RequestParameters,
    _ context: TranslationContext
  ) throws(ProxyFailure) -> Bytes {
    let system = try SystemPrompt(request["system"], context)
    let conversation = try ConversationTranslation(turns, after: system, context)
    var prompt = conversation.system
    if let note = parameters.systemNote { prompt.append(ChatContent(parts: [.text(note)])) }
    guard !conversation.messages.isEmpty else {
      throw .untranslatable("messages", "Messages without any content cannot be answered")
    }
    var messages = (prompt.message.map { [$0] } ?? []) + conversation.messages
    messages.limitMarks(context.notes)
    return Bytes(array: messages.map { $0.json(profile) })
  }

  private func finish(_ fields: inout JSONFields) throws(ProxyFailure) {
    // Sorted, as a dictionary has no order that lasts.
    for (key, value) in profile.fieldsAdded.sorted(by: { $0.key < $1.key }) where fields[key] == nil {
      fields.set(key, value)
    }
    for key in profile.fieldsDropped { fields[key] = nil }
    for override in endpoint.parameterOverrides where override.name != "stream" {
      let json = override.value.map { Bytes(utf8: $0) }
      if let json, !json.isJSON {
        throw .misconfigured(endpoint, "overrides the parameter \(override.name) with invalid JSON")
      }
      fields[override.name] = json
    }
  }

  private func translation(
    _ request: JSONFields, _ parameters: RequestParameters, _ context: TranslationContext
  ) -> AnswerTranslation {
    var translation = AnswerTranslation(route: endpoint.name)
    translation.toolNames = context.notes.toolNames
    translation.watchedStopSequences = parameters.watchedStopSequences
    translation.keepsFirstToolCallOnly = parameters.keepsFirstToolCallOnly
    let thinking = request.object("thinking")
    let isAskedFor = thinking?.string("type").map { $0 != "disabled" } ?? false
    translation.showsThinking = isAskedFor && thinking?.string("display") != "omitted"
    translation.splitsThinkTags = profile.splitsThinkTags
    translation.pythonJSONTools = profile.pythonJSONTools
    translation.remembersToolCalls = profile.replaysThoughtSignatures
    return translation
  }
}
