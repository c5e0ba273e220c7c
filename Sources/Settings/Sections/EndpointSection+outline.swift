import Pipeline
import Stages

extension Endpoint {
  func outline(_ out: inout Outline) {
    out.text("name", name)
    out.text("url", url)
    switch dialect {
    case .anthropic: out.plain("endpoint_type", "anthropic")
    case .openAI: out.plain("endpoint_type", "openai")
    case .demo(let script):
      out.plain("endpoint_type", "demo")
      out.section("demo") { script.outline(&$0) }
    }
    if !pathPrefix.isEmpty { out.text("path_prefix", pathPrefix) }
    outlineProfile(&out)
    credential.outline(&out)
    out.plain("enabled", isEnabled)
    out.plain("priority", priority)
    out.plain("weight", weight)
    if let maxConcurrent { out.plain("max_concurrent", maxConcurrent) }
    out.texts("tags", tags.sorted())
    out.section("model_rewrite") { modelRewrite.outline(&$0) }
    if let proxy { out.section("proxy") { proxy.outline(&$0) } }
    out.section("header_overrides") { out in
      for header in headerOverrides {
        let isSecret = Self.isCredential(header.name)
        out.text(header.name, isSecret ? header.value.map { Secret($0).description } : header.value ?? "")
      }
    }
    out.section("parameter_overrides") { out in
      for parameter in parameterOverrides { out.text(parameter.name, parameter.value ?? "") }
    }
    out.text("max_tokens_field_name", maxTokensFieldName)
    out.plain("enhanced_protection", enhancedProtection)
    out.plain("reorder_system_messages_first", reorderSystemMessagesFirst)
    out.section("timeouts") { timeouts.outline(&$0) }
  }

  /// The provider if it was named, and in what this endpoint differs from it.
  private func outlineProfile(_ out: inout Outline) {
    guard let profile, let profileOrigin else { return }
    if profileOrigin == .named { out.text("provider", profile.name) }
    let plain = Providers.bundled[profile.name]?.profile ?? ProviderProfile(name: profile.name)
    out.section("profile") { profile.outline(unlike: plain, &$0) }
    out.text("count_tokens", countTokens.text)
  }

  /// Headers are overridden to carry credentials too.
  static func isCredential(_ header: String) -> Bool {
    let name = header.lowercased()
    return ["auth", "key", "token", "cookie", "secret", "password"].contains { name.contains($0) }
  }
}

extension Endpoint.Credential {
  fileprivate func outline(_ out: inout Outline) {
    switch self {
    case .none: out.plain("auth_type", "none")
    case .forwardClient: out.plain("auth_type", "forward_client")
    case .apiKey(let secret):
      out.plain("auth_type", "api_key")
      out.secret("auth_value", secret)
    case .bearer(let secret):
      out.plain("auth_type", "auth_token")
      out.secret("auth_value", secret)
    case .authorization(let secret):
      out.plain("auth_type", "authorization")
      out.secret("auth_value", secret)
    case .oauth(let tokens):
      out.plain("auth_type", "oauth")
      out.section("oauth_config") { out in
        out.secret("access_token", tokens.accessToken)
        out.secret("refresh_token", tokens.refreshToken)
        if let expiry = tokens.expiresAt { out.plain("expires_at", expiry) }
        out.text("token_url", tokens.tokenURL)
        out.text("client_id", tokens.clientID)
        out.texts("scopes", tokens.scopes)
        out.plain("auto_refresh", tokens.autoRefresh)
      }
    }
  }
}

extension Endpoint.ModelRewrite {
  fileprivate func outline(_ out: inout Outline) {
    out.plain("enabled", isEnabled)
    out.plain("implicit", isImplicit)
    out.items("rules", rules) { rule, out in
      out.text("source_pattern", rule.sourcePattern)
      out.text("target_model", rule.targetModel)
    }
  }
}

extension UpstreamProxy {
  fileprivate func outline(_ out: inout Outline) {
    out.plain("type", kind.rawValue)
    out.text("address", address)
    out.text("username", username)
    out.secret("password", password)
  }
}

extension DemoScript {
  fileprivate func outline(_ out: inout Outline) {
    if let fault { out.plain("fault", fault.rawValue) }
    out.plain("after_events", afterEvents)
    out.duration("event_delay", eventDelay)
    out.text("text", text)
  }
}
