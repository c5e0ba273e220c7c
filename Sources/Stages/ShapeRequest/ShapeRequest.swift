import HTTPTypes
package import Pipeline

/// A request as one endpoint is to get it, and what its answer must then look like.
package struct ShapedRequest: Sendable {
  package var request: UpstreamRequest
  package var expectation: AnswerExpectation
  /// The model the endpoint is asked for; nil when the body names none.
  package var modelSent: String?
  /// The body differs from what the client sent, so the journal keeps it as well.
  package var bodyChanged: Bool
  /// What the translation into another protocol cost.
  package var degradations: [Degradation] = []
}

/// What is to be done for a request at one endpoint.
package enum Shaping: Sendable {
  case send(ShapedRequest)
  /// There is nothing this endpoint could be asked.
  case answerLocally(LocalMessage)
}

/// Turns a client's request into the one an endpoint wants: its URL, its credential, its model name, its
/// overrides. What none of these touch leaves byte for byte as it came.
///
/// `parameter_overrides` change top-level members of the body and have the last word, after `model_rewrite`.
/// An override of `stream` is ignored: how the client wants to read its answer is the client's choice alone.
/// A `count_tokens` body is changed but never added to, since that call refuses parameters it does not know;
/// the bodies of relayed requests are not looked into at all. Thinking of earlier turns that the endpoint cannot
/// have signed is removed (`ReasoningMemory`). For an OpenAI-compatible endpoint the whole body is translated
/// (`TranslateRequest`).
package struct ShapeRequest: Sendable {
  /// Names this part in failures; it runs inside an attempt and is no node of its own.
  package static let name: StageName = "shape-request"

  private let clientToken: Secret?
  private let reasoning: ReasoningMemory
  private let refused: RefusedParameters

  /// - Parameters:
  ///   - clientToken: the token clients show to this proxy, which no endpoint may see.
  ///   - reasoning: what is known of the thinking in the history of requests.
  ///   - refused: parameters that endpoints did not know.
  package init(
    clientToken: Secret? = nil, reasoning: ReasoningMemory = ReasoningMemory(),
    refused: RefusedParameters = RefusedParameters()
  ) {
    self.clientToken = clientToken
    self.reasoning = reasoning
    self.refused = refused
  }

  /// Throws `badRequest` (400, never retried) for a path or query that must not be passed on, the same with
  /// `nextEndpoint` for what cannot be translated, and `internalFault` (next endpoint) when the endpoint's
  /// configuration cannot be applied.
  package func shape(_ tagged: TaggedRequest, for endpoint: Endpoint) throws(ProxyFailure) -> Shaping {
    let url = try UpstreamURL.make(for: tagged.request, at: endpoint)
    let fields = HTTPFields(
      try OutgoingFields(for: tagged.request, to: endpoint, clientToken: clientToken).fields)
    let request = UpstreamRequest(
      method: tagged.request.method, url: url, fields: fields, body: tagged.request.body,
      proxy: endpoint.proxy, timeouts: endpoint.timeouts)
    return if let profile = endpoint.profile {
      try translated(request, tagged, profile, endpoint)
    } else {
      .send(try edited(request, tagged, endpoint))
    }
  }

  private func edited(
    _ request: UpstreamRequest, _ tagged: TaggedRequest, _ endpoint: Endpoint
  ) throws(ProxyFailure) -> ShapedRequest {
    let edits = try Edits(tagged.facts, endpoint, messages: reasoning.messages(of: tagged, for: endpoint))
    var outgoing = request
    outgoing.body = edits.members.applied(
      to: request.body, fields: tagged.facts.fields, addsMembers: tagged.facts.kind == .messages)
    return ShapedRequest(
      request: outgoing, expectation: expectation(tagged.facts, edits, endpoint),
      modelSent: edits.model, bodyChanged: !edits.members.isEmpty && outgoing.body != request.body)
  }

  private func translated(
    _ request: UpstreamRequest, _ tagged: TaggedRequest, _ profile: ProviderProfile, _ endpoint: Endpoint
  ) throws(ProxyFailure) -> Shaping {
    if tagged.facts.kind == .countTokens { return .answerLocally(.tokenCount(of: request.body)) }
    let asked = tagged.facts.model ?? ""
    let model = endpoint.rewritten(asked) ?? asked
    var profile = profile.profile(for: model)
    profile.fieldsDropped.formUnion(refused.parameters(of: endpoint.name, model: model))
    let translation = try TranslateRequest(profile: profile, endpoint: endpoint)
      .translated(request.body, model: model, memory: reasoning)
    switch translation {
    case .answerLocally(let message): return .answerLocally(message)
    case .send(let translated):
      var outgoing = request
      outgoing.body = translated.body
      let overridesTools = endpoint.parameterOverrides.contains { $0.name == "tools" }
      var expectation = AnswerExpectation(
        model: model, modelShownToClient: asked,
        toolNames: overridesTools ? nil : Set(tagged.facts.toolNames),
        allowsInvalidToolInput: tagged.facts.allowsInvalidToolInput, isStreamed: tagged.facts.isStreamed)
      expectation.translation = translated.translation
      expectation.translation?.estimatedInputTokens = tagged.estimatedInputTokens
      return .send(
        ShapedRequest(
          request: outgoing, expectation: expectation, modelSent: model, bodyChanged: true,
          degradations: translated.degradations))
    }
  }

  /// Takes in that `endpoint` refused a parameter; returns its name if another try goes without it.
  package func learn(_ words: Bytes, of shaped: ShapedRequest, by endpoint: Endpoint) -> String? {
    guard endpoint.profile != nil, let model = shaped.modelSent else { return nil }
    return refused.learn(from: words, sent: shaped.request.body, by: endpoint.name, model: model)
  }

  private func expectation(
    _ facts: RequestFacts, _ edits: Edits, _ endpoint: Endpoint
  ) -> AnswerExpectation {
    let knowsTools = facts.kind == .messages && !edits.touchesTools
    return AnswerExpectation(
      model: edits.model ?? facts.model ?? "",
      modelShownToClient: edits.model == facts.model ? nil : facts.model,
      toolNames: knowsTools ? Set(facts.toolNames) : nil,
      allowsInvalidToolInput: facts.allowsInvalidToolInput, isFirstParty: endpoint.isAnthropicItself,
      isStreamed: facts.isStreamed)
  }

  /// What an endpoint's configuration changes in a body.
  private struct Edits {
    var members = MemberEdits()
    var model: String?
    var touchesTools = false

    /// - Parameter messages: takes the place of the request's own.
    init(_ facts: RequestFacts, _ endpoint: Endpoint, messages: Bytes?) throws(ProxyFailure) {
      model = facts.model
      if facts.kind == .passThrough { return }
      if let messages { members.set("messages", to: messages) }
      if let original = facts.model, let target = endpoint.rewritten(original) {
        members.set("model", to: Bytes(utf8: target.jsonQuoted))
        model = target
      }
      for override in endpoint.parameterOverrides where override.name != "stream" {
        try apply(override, endpoint)
      }
    }

    private mutating func apply(_ override: Endpoint.Override, _ endpoint: Endpoint) throws(ProxyFailure) {
      if override.name == "tools" { touchesTools = true }
      guard let text = override.value else {
        members.delete(override.name)
        if override.name == "model" { model = nil }
        return
      }
      let json = Bytes(utf8: text)
      do throws(JSONError) {
        let string = try json.readJSON { cursor throws(JSONError) -> String? in
          let string = try cursor.peek() == .string ? cursor.decode(cursor.string()) : nil
          if string == nil { try cursor.skipValue() }
          try cursor.end()
          return string
        }
        if override.name == "model" { model = string }
      } catch {
        throw .misconfigured(endpoint, "overrides the parameter \(override.name) with invalid JSON: \(error)")
      }
      members.set(override.name, to: json)
    }
  }
}
