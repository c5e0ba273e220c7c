import Pipeline
package import Stages

/// A service or server that people use: where it is, how it is paid, and how its endpoints want to be talked to.
package struct Provider: Sendable, Equatable {
  /// The protocol it speaks there.
  package enum Kind: String, Sendable, CaseIterable { case anthropic, openai }

  /// `auth_type` of its endpoints.
  package enum Authorization: String, Sendable, CaseIterable {
    case apiKey = "api_key"
    case authToken = "auth_token"
    case nothing = "none"
  }

  package var name: String
  /// Shown to people.
  package var title = ""
  package var kind = Kind.openai
  /// Without a trailing slash; empty when it is different for everybody.
  package var baseURL = ""
  package var authorization = Authorization.authToken
  /// Hosts (`api.deepseek.com`, `*.openai.azure.com`) or ports (`:11434`) by which an endpoint is recognised.
  package var hosts: [String] = []
  /// Non-nil exactly for OpenAI-compatible ones.
  package var profile: ProviderProfile?

  init(name: String) { self.name = name }

  /// What comes after the base URL of any OpenAI-compatible one.
  static let chatPath = "/chat/completions"

  /// The path of an OpenAI-compatible one from the host on.
  var fullPath: String {
    guard let scheme = baseURL.firstRange(of: "://") else { return "/v1" + Self.chatPath }
    let address = baseURL[scheme.upperBound...]
    return (address.firstIndex(of: "/").map { String(address[$0...]) } ?? "") + Self.chatPath
  }
}

extension Provider {
  /// Reads an entry of providers.yaml.
  init(name: String, _ map: Mapping) {
    self.init(name: name)
    title = map.requiredText("title", expected: "the name people know") ?? name
    kind = map["endpoint_type"]?.choice() ?? kind
    baseURL = map["base_url"]?.filledText() ?? baseURL
    authorization = map["auth_type"]?.choice() ?? authorization
    hosts = map["hosts"]?.texts() ?? hosts
    guard kind == .openai else { return }
    profile = map["profile"]?.mapping { Self.readProfile(name, $0) } ?? ProviderProfile(name: name)
  }

  private static func readProfile(_ name: String, _ map: Mapping) -> ProviderProfile {
    var profile = ProviderProfile(name: name)
    profile.apply(ProviderProfile.changes(map))
    let models = map["models"]?.elements() ?? []
    profile.models = models.compactMap { element in
      element.mapping { map in
        let pattern = map.requiredText("pattern", expected: "a model name, with * and ? as wildcards")
        var special = profile
        special.apply(ProviderProfile.changes(map))
        return pattern.map { .init(pattern: $0, profile: special) }
      }
    }
    return profile
  }

  /// Which of its hosts or ports a URL has; nil when it is somebody else's.
  func recognises(_ url: EndpointURL) -> String? {
    hosts.first { pattern in
      if pattern.hasPrefix(":") { return url.port.map { ":\($0)" } == pattern }
      if pattern.hasPrefix("*.") { return url.host.hasSuffix(pattern.dropFirst()) }
      return url.host == pattern
    }.map { $0.hasPrefix(":") ? "port \($0.dropFirst())" : "host \(url.host)" }
  }
}
