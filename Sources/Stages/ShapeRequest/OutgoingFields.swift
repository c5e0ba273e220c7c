import HTTPTypes
import Pipeline

/// The header rules of a request on its way to an endpoint (G3, G14; anthropic-request.md §2).
///
/// Everything passes in order and spelling but what belongs to a connection, what the transport sets itself,
/// and credentials, which are replaced by the endpoint's own. Open lists: unknown fields pass.
struct OutgoingFields {
  /// Sent when the client named none; what a client names is passed on byte for byte.
  static let defaultVersion = "2023-06-01"
  /// Subscription tokens are refused without this beta value.
  static let oauthBeta = "oauth-2025-04-20"
  static let oauthTokenPrefix = "sk-ant-oat01"

  /// The transport sets these itself, or (content-encoding) the body has been decoded since.
  private static let ownedByTransport: Set<String> = [
    "accept-encoding", "content-encoding", "content-length", "expect", "host",
  ]
  /// May leave only by `forwardClient`.
  private static let credentials: Set<String> = ["authorization", "x-api-key"]
  private static let neverForwarded: Set<String> = ["cookie", "proxy-authorization"]
  /// Of everybody's requests, and of those whose credential stays here.
  private static let withheld = HTTPFields.hopByHop.union(ownedByTransport).union(neverForwarded)
  private static let withheldWithCredentials = withheld.union(credentials)

  private let endpoint: Endpoint
  private(set) var fields: [HTTPField]

  /// - Parameter clientToken: the token clients show to this proxy; no field that carries it leaves.
  init(
    for request: ClientRequest, to endpoint: Endpoint, clientToken: Secret?
  ) throws(ProxyFailure) {
    self.endpoint = endpoint
    let forwardsCredentials = endpoint.credential == .forwardClient
    fields = request.fields.passing(
      without: forwardsCredentials ? Self.withheld : Self.withheldWithCredentials)
    if let token = clientToken?.exposed, !token.isEmpty {
      fields.removeAll { Self.carries(token, $0.value) }
    }
    if endpoint.profile != nil { fields.removeAll { Self.isAboutAnthropic($0.name.canonicalName) } }
    if endpoint.profile == nil, !has(.anthropicVersion) {
      fields.append(HTTPField(name: .anthropicVersion, value: Self.defaultVersion))
    }
    try addCredential()
    addOAuthBeta()
    try applyOverrides()
  }

  /// Means nothing to another provider, and is none of its business.
  private static func isAboutAnthropic(_ name: String) -> Bool {
    name.hasPrefix("anthropic-") || name.hasPrefix("x-claude-code-")
  }

  /// `TOKEN` or `SCHEME TOKEN`.
  private static func carries(_ token: String, _ value: String) -> Bool {
    value == token || value.split(separator: " ").last.map(String.init) == token
  }

  private func has(_ name: HTTPField.Name) -> Bool { fields.contains { $0.name == name } }

  private mutating func addCredential() throws(ProxyFailure) {
    switch endpoint.credential {
    case .none: break
    case .apiKey(let key): try add(.apiKey, key.exposed)
    case .bearer(let token): try add(.authorization, "Bearer " + token.exposed)
    case .authorization(let value): try add(.authorization, value.exposed)
    case .oauth(let tokens): try add(.authorization, "Bearer " + tokens.accessToken.exposed)
    case .forwardClient:
      // Checked with the configuration already; a login must not leak if that check is ever lost (G14).
      guard endpoint.isAnthropicItself else {
        throw misconfigured("forwards the client's credential to a host that is not api.anthropic.com")
      }
    }
  }

  private mutating func add(_ name: HTTPField.Name, _ value: String) throws(ProxyFailure) {
    guard HTTPField.isValidValue(value) else {
      throw misconfigured("has a credential with characters that no header may carry")
    }
    fields.append(HTTPField(name: name, value: value))
  }

  private mutating func addOAuthBeta() {
    let sendsOAuthToken = fields.contains {
      $0.name == .authorization
        && $0.value.split(separator: " ").last?.hasPrefix(Self.oauthTokenPrefix) == true
    }
    guard sendsOAuthToken, endpoint.isAnthropicItself else { return }
    let values = fields.filter { $0.name == .anthropicBeta }.flatMap { $0.value.split(separator: ",") }
    if values.contains(where: { HTTPFields.trimmed($0) == Self.oauthBeta }) { return }
    if let index = fields.firstIndex(where: { $0.name == .anthropicBeta }) {
      fields[index].value = Self.oauthBeta + "," + fields[index].value
    } else {
      fields.append(HTTPField(name: .anthropicBeta, value: Self.oauthBeta))
    }
  }

  /// The user's last word. Fields that frame the message or the connection stay the transport's.
  private mutating func applyOverrides() throws(ProxyFailure) {
    for override in endpoint.headerOverrides {
      guard let name = HTTPField.Name(override.name) else {
        throw misconfigured("overrides a header whose name is not valid")
      }
      let isOwned =
        Self.ownedByTransport.contains(name.canonicalName) || HTTPFields.hopByHop.contains(name.canonicalName)
      if isOwned { continue }
      guard let value = override.value else {
        fields.removeAll { $0.name == name }
        continue
      }
      guard HTTPField.isValidValue(value) else {
        throw misconfigured("overrides the header \(name.rawName) with characters that no header may carry")
      }
      let place = fields.firstIndex { $0.name == name } ?? fields.endIndex
      fields.removeAll { $0.name == name }
      fields.insert(HTTPField(name: name, value: value), at: place)
    }
  }

  private func misconfigured(_ what: String) -> ProxyFailure {
    .misconfigured(endpoint, what)
  }
}

extension ProxyFailure {
  /// The configuration of an endpoint makes it unusable; another one may serve.
  static func misconfigured(_ endpoint: Endpoint, _ what: String) -> ProxyFailure {
    ProxyFailure(
      .internalFault, origin: .proxy, stage: ShapeRequest.name, httpStatus: 500,
      detail: "The endpoint \(endpoint.name) \(what).")
  }
}
