import Pipeline
import Stages

extension Endpoint.Credential {
  private enum AuthType: String, CaseIterable {
    case apiKey = "api_key"
    case authToken = "auth_token"
    case oauth
    case nothing = "none"
    case forwardClient = "forward_client"
  }

  /// Reads `auth_type`, `auth_value` and `oauth_config`.
  ///
  /// - Parameters:
  ///   - url: where the credential goes; nil when that is not known.
  ///   - fallback: the type of an endpoint that says none, by its provider.
  ///   - isNeeded: the endpoint is a remote one, so that no credential must be said to be none.
  init(_ map: Mapping, url: EndpointURL?, fallback: Provider.Authorization?, isNeeded: Bool) {
    let type = map["auth_type"]?.filledText() ?? fallback?.rawValue
    let value = map["auth_value"]?.secretText().map(Secret.init)
    let tokens = map["oauth_config"]?.mapping(Endpoint.OAuthTokens.init)
    self = .none
    switch type.flatMap({ AuthType(rawValue: $0) }) {
    case .apiKey: self = Self.needed(value, map).map { .apiKey($0) } ?? .none
    case .authToken: self = Self.needed(value, map).map { .bearer($0) } ?? .none
    case .oauth:
      if let tokens { self = .oauth(tokens) }
      if map["oauth_config"] == nil {
        map.reportMissing("oauth_config", expected: "a mapping with access_token, for auth_type: oauth")
      }
    case .nothing: break
    case .forwardClient:
      self = .forwardClient
      if let url, !url.isAnthropic {
        map["auth_type"]?.report(
          "forward_client sends the user's own Anthropic credential on, so it is allowed for "
            + "https://api.anthropic.com only",
          suggestion: "give this endpoint a credential of its own")
      }
    case nil:
      if isNeeded || type != nil { readOther(map, value) }
    }
  }

  /// The predecessor's rule: any other type sends the value as `Authorization`.
  private mutating func readOther(_ map: Mapping, _ value: Secret?) {
    let known = AuthType.allCases.map(\.rawValue)
    let expected = "one of \(known.joined(separator: ", "))"
    guard let value else {
      guard Self.isAbsent(map["auth_value"]) else { return }
      guard let type = map["auth_type"] else { return map.reportMissing("auth_type", expected: expected) }
      let near = type.filledText().flatMap { nearestName(to: $0, among: known) }
      return type.reportMismatch(
        expected: "\(expected), or another word with auth_value",
        suggestion: near.map { "did you mean \"\($0)\"?" })
    }
    self = .authorization(value)
    let near = map["auth_type"]?.filledText().flatMap { nearestName(to: $0, among: known) }
    (map["auth_type"] ?? map["auth_value"])?.warn(
      "not \(expected): auth_value is sent as Authorization as it stands",
      suggestion: near.map { "did you mean \"\($0)\"?" })
  }

  private static func needed(_ value: Secret?, _ map: Mapping) -> Secret? {
    if value == nil, isAbsent(map["auth_value"]) {
      map.reportMissing("auth_value", expected: "the key or token to send")
    }
    return value
  }

  /// Not there or empty; a value that is there but wrong was reported where it was read.
  private static func isAbsent(_ value: Value?) -> Bool { value.map { $0.text() == "" } ?? true }
}

extension Endpoint.OAuthTokens {
  init?(_ map: Mapping) {
    let access = map.requiredText("access_token", expected: "the access token")
    self.init(accessToken: Secret(access ?? ""))
    refreshToken = map["refresh_token"]?.secretText().map(Secret.init)
    if let milliseconds = map["expires_at"]?.integer(in: 0...Int.max), milliseconds > 0 {
      expiresAt = Int64(milliseconds)
    }
    tokenURL = map["token_url"]?.filledText()
    clientID = map["client_id"]?.filledText()
    scopes = map["scopes"]?.texts() ?? []
    autoRefresh = map["auto_refresh"]?.boolean() ?? autoRefresh
    if access == nil { return nil }
  }
}
