import HTTPTypes

extension HTTPFields {
  /// The fields that may pass a proxy: all but the hop-by-hop ones and those `Connection` names (RFC 9110 §7.6.1).
  ///
  /// Order and spelling stay.
  ///
  /// - Parameter withheld: canonical names that must not pass either; the hop-by-hop ones have to be among them.
  func passing(without withheld: Set<String>) -> [HTTPField] {
    let named = self[values: .connection].flatMap { value in
      value.split(separator: ",").map { HTTPFields.trimmed($0).lowercased() }
    }
    return filter { field in
      let name = field.name.canonicalName
      return !withheld.contains(name) && (named.isEmpty || !named.contains(name))
    }
  }

  /// About one connection, so never passed on.
  static let hopByHop: Set<String> = [
    "connection", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// An element of a comma-separated field value without the white space around it.
  static func trimmed(_ element: Substring) -> Substring {
    var element = element.drop { $0 == " " || $0 == "\t" }
    while element.last == " " || element.last == "\t" { element.removeLast() }
    return element
  }
}

extension HTTPField.Name {
  // The texts are constants of token characters, which is all the initialiser checks.
  static let anthropicBeta = Self("anthropic-beta")!
  static let anthropicVersion = Self("anthropic-version")!
  static let apiKey = Self("x-api-key")!
  static let companionEndpoint = Self("x-companion-endpoint")!
  static let companionRequestID = Self("x-companion-request-id")!
  static let retryAfterMilliseconds = Self("retry-after-ms")!
  static let shouldRetry = Self("x-should-retry")!
}
