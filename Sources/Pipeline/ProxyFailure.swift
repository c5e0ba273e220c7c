/// Why an attempt or an exchange failed.
///
/// `code` is value-free and so safe as a metric label; everything specific sits in `detail`.
///
/// One word wide: a typed error has its place in the frame of every function that it may pass, and a waiting
/// exchange consists of frames.
@usableFromInline
@dynamicMemberLookup
package struct ProxyFailure: Error, Sendable {
  @usableFromInline
  package struct Content: Sendable {
    @usableFromInline
    package var code: Code
    package var origin: Origin
    /// The stage or step that noticed it.
    @usableFromInline
    package var stage: StageName
    /// What may be tried next; the failover policy has the last word.
    package var retry: Retry
    /// The upstream's HTTP status, or the one the client is to get for a failure of its own.
    package var httpStatus: Int?
    /// The broken rule of the protocol sheets, such as `V19`.
    package var rule: String?
    /// One sentence for people: what happened, where (event number, byte offset), what to do. Never a secret.
    package var detail: String
    package var cause: (any Error)?
    /// The upstream's own error, whole, where it said one inside a success: JSON for the client to see.
    package var upstreamBody: Bytes?
  }

  private final class Box: Sendable {
    let content: Content

    init(_ content: Content) { self.content = content }
  }

  private var box: Box

  @usableFromInline
  package init(
    _ code: Code, origin: Origin, stage: StageName, retry: Retry = .nextEndpoint, httpStatus: Int? = nil,
    rule: String? = nil, detail: String, cause: (any Error)? = nil
  ) {
    box = Box(
      Content(
        code: code, origin: origin, stage: stage, retry: retry, httpStatus: httpStatus, rule: rule,
        detail: detail, cause: cause))
  }

  @usableFromInline
  package subscript<Value>(dynamicMember member: WritableKeyPath<Content, Value>) -> Value {
    get { box.content[keyPath: member] }
    set {
      var content = box.content
      content[keyPath: member] = newValue
      box = Box(content)
    }
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
    /// Somebody asked for it to be answered elsewhere.
    case moved
    case overloaded
    case shuttingDown = "shutting_down"
    case internalFault = "internal_fault"
  }
}

extension ProxyFailure: CustomStringConvertible {
  @usableFromInline
  package var description: String {
    let content = box.content
    var text = "\(content.stage): \(content.code.rawValue)"
    if let rule = content.rule { text += " [\(rule)]" }
    if let status = content.httpStatus { text += " (HTTP \(status))" }
    return "\(text): \(content.detail)"
  }
}
