import HTTPTypes
import Pipeline

/// Trades a refresh token for a new access token (RFC 6749 §6), in JSON as Anthropic's token endpoint wants it.
struct OAuthRefresh {
  /// Token answers are short.
  private static let answerLimit = 64 * 1024
  /// From the start to the end of the answer.
  private static let limit: Duration = .seconds(30)

  private let tokens: Endpoint.OAuthTokens
  private let request: UpstreamRequest

  /// Throws for tokens that cannot be renewed.
  init(_ tokens: Endpoint.OAuthTokens, of endpoint: Endpoint) throws(ProxyFailure) {
    guard let url = tokens.tokenURL, let refreshToken = tokens.refreshToken else {
      throw .misconfigured(endpoint, "has no refresh_token or no token_url")
    }
    self.tokens = tokens
    var body = JSONFields([
      "grant_type": Bytes(utf8: #""refresh_token""#), "refresh_token": Bytes(quoting: refreshToken.exposed),
    ])
    if let client = tokens.clientID { body["client_id"] = Bytes(quoting: client) }
    if !tokens.scopes.isEmpty { body["scope"] = Bytes(quoting: tokens.scopes.joined(separator: " ")) }
    request = UpstreamRequest(
      method: .post, url: url, fields: [.contentType: "application/json", .accept: "application/json"],
      body: body.text, proxy: endpoint.proxy, timeouts: endpoint.timeouts)
  }

  /// Throws for an answer that holds no access token; its words are not repeated, they may hold one.
  func run(
    over transport: any UpstreamTransport, time: any TimeSource
  ) async throws(ProxyFailure) -> Endpoint.OAuthTokens {
    let stream = transport.start(request, time: time)
    defer { stream.cancel() }
    stream.setAlarm(time.now + Self.limit)
    guard let head = try await stream.head() else { throw Self.failure("no answer within \(Self.limit)") }
    var answer: [UInt8] = []
    let chunks = stream.makeAsyncIterator()
    while let chunk = try await chunks.next(isolation: nil) {
      if chunk.isEmpty { throw Self.failure("no whole answer within \(Self.limit)") }
      answer += chunk
      guard answer.count <= Self.answerLimit else { throw Self.failure("the answer is too long") }
    }
    guard (200..<300).contains(head.status) else { throw Self.failure("HTTP \(head.status)") }
    guard let fields = try? JSONFields(Bytes(answer)), let token = fields.string("access_token"),
      !token.isEmpty
    else { throw Self.failure("the answer has no access_token") }
    var renewed = tokens
    renewed.accessToken = Secret(token)
    if let next = fields.string("refresh_token"), !next.isEmpty { renewed.refreshToken = Secret(next) }
    renewed.expiresAt = fields.integer("expires_in").map { seconds in
      time.wallMilliseconds + Int64(min(max(seconds, 0), 366 * 86_400)) * 1000
    }
    return renewed
  }

  private static func failure(_ detail: String) -> ProxyFailure {
    ProxyFailure(.unauthorized, origin: .upstream, stage: "oauth", detail: detail)
  }
}
