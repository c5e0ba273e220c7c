import HTTPTypes
package import Pipeline

/// Lets in the requests of the Messages API, from clients that know the token if there is one.
///
/// At most `server.max_concurrent` are inside at once; the others wait in line, or are told to come back.
/// The token is compared in constant time and never goes further than here.
package struct AcceptRequest: Step {
  package static let name: StageName = "accept"

  private let clientToken: Secret?
  private let slots: Slots

  package init(clientToken: Secret?, slots: Slots) {
    self.clientToken = clientToken
    self.slots = slots
  }

  package func run(
    _ request: ClientRequest, in exchange: Exchange
  ) async throws(ProxyFailure) -> ClientRequest {
    // Our own: nobody has to be asked.
    if request.destination != nil { return request }
    guard request.path.hasPrefix("/v1/") else {
      throw ProxyFailure(
        .badRequest, origin: .client, stage: Self.name, retry: .never, httpStatus: 404,
        detail: "There is no \(request.path) here. The API is at /v1/messages; /health says how the proxy is."
      )
    }
    if let clientToken { try check(request, clientToken) }
    guard try await slots.enter(exchange) else {
      throw ProxyFailure(
        .overloaded, origin: .proxy, stage: Self.name, retry: .never, httpStatus: 529,
        detail: "Too many requests at once (server.max_concurrent), and nobody left in time.")
    }
    exchange.atEnd { [slots] in slots.leave() }
    return request
  }

  private func check(_ request: ClientRequest, _ clientToken: Secret) throws(ProxyFailure) {
    guard Self.isKnown(request, clientToken) else {
      throw ProxyFailure(
        .unauthorized, origin: .client, stage: Self.name, retry: .never, httpStatus: 401,
        detail: """
          This proxy wants its own token: set ANTHROPIC_AUTH_TOKEN (or ANTHROPIC_API_KEY) to the value of \
          server.auth_token.
          """)
    }
  }

  /// Whether the request shows the token.
  static func isKnown(_ request: ClientRequest, _ clientToken: Secret) -> Bool {
    credentials(of: request.fields).contains { equal($0, clientToken.exposed) }
  }

  private static func credentials(of fields: HTTPFields) -> [String] {
    let bearer = fields[.authorization].map { value in
      value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : value
    }
    return [bearer, fields[.apiKey]].compactMap(\.self)
  }

  /// Takes the same time wherever the texts differ; their lengths may show.
  private static func equal(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }
}

extension HTTPField.Name {
  /// `x-api-key`
  static let apiKey = HTTPField.Name("x-api-key")!
}
