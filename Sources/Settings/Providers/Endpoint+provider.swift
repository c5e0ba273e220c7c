import Stages

enum MaxTokensField: String, CaseIterable {
  case maxTokens = "max_tokens"
  case maxCompletionTokens = "max_completion_tokens"
  case maxOutputTokens = "max_output_tokens"
}

/// The provider an endpoint names with `provider`; nil when it names none, or, reported, one that is unknown.
func readProvider(_ map: Mapping) -> Provider? {
  guard let value = map["provider"], let name = value.filledText() else { return nil }
  let providers = Providers.bundled
  if let provider = providers[name] { return provider }
  let near = nearestName(to: name, among: providers.all.map(\.name))
  value.reportMismatch(
    expected: "the name of a provider",
    suggestion: near.map { "did you mean \"\($0)\"?" } ?? "\"\(Providers.fallbackName)\" fits most servers")
  return nil
}

extension Endpoint {
  /// Chooses the profile of an OpenAI-compatible endpoint and applies what this endpoint says of its own.
  ///
  /// The provider's profile comes first, then the predecessor's switches, then `profile`, which wins.
  mutating func readProfile(
    _ map: Mapping, named: Provider?, url: EndpointURL?, pythonJSONTools: Set<String>
  ) {
    guard dialect == .openAI else {
      for key in ["profile", "count_tokens"] {
        map[key]?.report("only an endpoint with endpoint_type: openai can have this")
      }
      return
    }
    let (provider, origin) = Self.provider(named: named, url)
    var profile = provider.profile ?? ProviderProfile(name: provider.name)
    var changes: [ProfileChange] = [{ $0.pythonJSONTools = pythonJSONTools }]
    if let field = maxTokensFieldName { changes.append { $0.maxTokensField = field } }
    // Late system messages become user text, so the one that is left stands first.
    if reorderSystemMessagesFirst { changes.append { $0.acceptsLateSystem = false } }
    changes += map["profile"]?.mapping(ProviderProfile.changes) ?? []
    profile.apply(changes)
    self.profile = profile
    profileOrigin = origin
  }

  static func provider(named: Provider?, _ url: EndpointURL?) -> (Provider, ProfileOrigin) {
    if let named { return (named, .named) }
    if let guess = url.flatMap(Providers.bundled.guess) {
      return (guess.provider, .guessed(from: guess.evidence))
    }
    return (Providers.bundled[Providers.fallbackName] ?? Provider(name: Providers.fallbackName), .fallback)
  }

  /// `provider deepseek (guessed from host api.deepseek.com)`; nil for an endpoint without a profile.
  package var profileSummary: String? {
    guard let profile, let profileOrigin else { return nil }
    let reason =
      switch profileOrigin {
      case .named: "as configured"
      case .guessed(let evidence): "guessed from \(evidence)"
      case .fallback: "no known host; name one with provider"
      }
    return "provider \(profile.name) (\(reason))"
  }
}
