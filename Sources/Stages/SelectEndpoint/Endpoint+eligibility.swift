import HTTPTypes
package import Pipeline

extension Endpoint {
  /// Why this endpoint must not be asked, whatever its health; nil when it may.
  func reasonToSkip(_ input: TaggedRequest) -> RoutedRequest.Reason? {
    if !isEnabled { return .disabled }
    if let refusal = refusal(of: input.request, kind: input.facts.kind) { return .unsupported(refusal) }
    if tags.isEmpty { return nil }
    if input.tags.isEmpty { return .requiresTags(tags.sorted()) }
    let missing = input.tags.subtracting(tags)
    return missing.isEmpty ? nil : .lacksTags(missing.sorted())
  }

  /// Why requests of this kind cannot be served here; nil when they can.
  ///
  /// Messages and `count_tokens` are for all; what is merely relayed needs an Anthropic endpoint, but for the list
  /// of models, which the demo endpoint has too.
  package func refusal(of request: ClientRequest, kind: RequestFacts.Kind) -> String? {
    switch (dialect, kind) {
    case (.anthropic, _), (_, .messages), (_, .countTokens): nil
    case (.openAI, .passThrough):
      "an OpenAI-compatible endpoint does not answer \(request.method.rawValue) \(request.path)"
    case (.demo, .passThrough):
      request.method == .get && request.path == "/v1/models"
        ? nil : "the demo endpoint does not answer \(request.method.rawValue) \(request.path)"
    }
  }

  var usesOAuth: Bool { if case .oauth = credential { true } else { false } }

  var isDemo: Bool { if case .demo = dialect { true } else { false } }

  /// HTTPS to exactly api.anthropic.com, the only place a client's own credential may go to.
  package var isAnthropicItself: Bool {
    guard url.prefix(8).lowercased() == "https://" else { return false }
    let authority = url.dropFirst(8).prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    return authority == "api.anthropic.com" || authority == "api.anthropic.com:443"
  }
}
