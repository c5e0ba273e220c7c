import Foundation

/// The base URL of an endpoint, checked, without a trailing slash.
struct EndpointURL {
  private(set) var text: String
  /// Without a trailing `/v1` too.
  private(set) var withoutVersion: String
  /// There is no path, or `/v1` only.
  var isRoot: Bool { path.isEmpty || path == "/v1" }
  /// In lower case.
  let host: String
  let port: Int?
  /// Anthropic itself, over TLS: the only place a client's own credential may go.
  private(set) var isAnthropic: Bool
  /// The whole address of an endpoint, not just its base.
  var isComplete: Bool { path.hasSuffix("/completions") }
  private let path: String

  /// Nil, reported, when the text is no base URL. Messages never show it whole: people put keys into URLs.
  init?(_ text: String, for value: Value) {
    // Without percent-encoding on the way: what two parsers read differently is refused.
    guard var parts = URLComponents(string: text, encodingInvalidCharacters: false),
      let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = parts.host, !host.isEmpty, (1...65535).contains(parts.port ?? 443)
    else {
      value.reportMismatch(expected: "a base URL such as https://api.anthropic.com")
      return nil
    }
    guard parts.user == nil, parts.password == nil else {
      value.report("a URL with a user name or password is not accepted", suggestion: "use auth_value")
      return nil
    }
    guard parts.query == nil, parts.fragment == nil else {
      value.report("a base URL has no \"?\" or \"#\"")
      return nil
    }
    parts.scheme = scheme
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    self.path = path
    self.host = host.lowercased()
    port = parts.port
    parts.percentEncodedPath = path
    self.text = parts.string ?? text
    if path.hasSuffix("/v1") { parts.percentEncodedPath = String(path.dropLast(3)) }
    withoutVersion = parts.string ?? text
    isAnthropic =
      scheme == "https" && host.lowercased() == "api.anthropic.com" && (parts.port ?? 443) == 443
  }
}
