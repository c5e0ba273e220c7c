/// Why an attempt or an exchange failed.
///
/// `code` is value-free and so safe as a metric label; everything specific sits in `detail`.
@usableFromInline
package struct ProxyFailure: Error, Sendable {
  @usableFromInline
  package var code: Code
  @usableFromInline
  package var origin: Origin
  /// The stage or step that noticed it.
  @usableFromInline
  package var stage: StageName
  /// What may be tried next; the failover policy has the last word.
  @usableFromInline
  package var retry: Retry
  /// The upstream's HTTP status, or the one the client is to get for a failure of its own.
  @usableFromInline
  package var httpStatus: Int?
  /// The broken rule of the protocol sheets, such as `V19`.
  @usableFromInline
  package var rule: String?
  /// One sentence for people: what happened, where (event number, byte offset), what to do. Never a secret.
  @usableFromInline
  package var detail: String
  @usableFromInline
  package var cause: (any Error)?
  /// The upstream's own error, whole, where it said one inside a success: JSON for the client to see.
  @usableFromInline
  package var upstreamBody: Bytes?

  @usableFromInline
  package init(
    _ code: Code, origin: Origin, stage: StageName, retry: Retry = .nextEndpoint, httpStatus: Int? = nil,
    rule: String? = nil, detail: String, cause: (any Error)? = nil
  ) {
    self.code = code
    self.origin = origin
    self.stage = stage
    self.retry = retry
    self.httpStatus = httpStatus
    self.rule = rule
    self.detail = detail
    self.cause = cause
  }

  /// Whose fault it is.
  @usableFromInline
  package enum Origin: String, Sendable { case client, upstream, proxy }

  /// What may be tried next.
  @usableFromInline
  package enum Retry: String, Sendable { case sameEndpoint, nextEndpoint, never }

  @usableFromInline
  package enum Code: String, Sendable, CaseIterable {
    // The client's side.
    case clientGone = "client_gone"
    case clientTimeout = "client_timeout"
    case badRequest = "bad_request"
    case bodyTooLarge = "body_too_large"
    case unauthorized
    // Before an answer.
    case noEndpoint = "no_endpoint"
    case resolveFailed = "resolve_failed"
    case connectFailed = "connect_failed"
    case connectTimeout = "connect_timeout"
    case tlsFailed = "tls_failed"
    case firstByteTimeout = "first_byte_timeout"
    case upstreamStatus = "upstream_status"
    case wrongContentType = "wrong_content_type"
    case undecodableBody = "undecodable_body"
    // In the middle of an answer.
    case connectionLost = "connection_lost"
    case truncated
    case idleTimeout = "idle_timeout"
    case progressTimeout = "progress_timeout"
    case totalTimeout = "total_timeout"
    case malformedEvent = "malformed_event"
    case eventTooLarge = "event_too_large"
    case protocolViolation = "protocol_violation"
    case errorEvent = "error_event"
    case emptyAnswer = "empty_answer"
    // Our own.
    case overloaded
    case shuttingDown = "shutting_down"
    case internalFault = "internal_fault"
  }
}

extension ProxyFailure: CustomStringConvertible {
  @usableFromInline
  package var description: String {
    var text = "\(stage): \(code.rawValue)"
    if let rule { text += " [\(rule)]" }
    if let httpStatus { text += " (HTTP \(httpStatus))" }
    return "\(text): \(detail)"
  }
}
