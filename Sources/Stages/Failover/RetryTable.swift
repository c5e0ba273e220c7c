package import Pipeline

/// What follows a failure that the client has not noticed yet.
package enum RetryDecision: String, Sendable {
  /// The same endpoint once more, while its tries last; then the next one.
  case sameEndpoint = "same endpoint"
  /// The same endpoint once more, without the thinking it refused; that is another request, so no try is used.
  case withoutThinking = "same endpoint without thinking"
  /// The same endpoint once more, without a parameter that it does not know; no try is used either.
  case withoutParameter = "same endpoint without parameter"
  /// The same endpoint once more, with a new access token.
  case withNewLogin = "same endpoint with a new login"
  case nextEndpoint = "next endpoint"
  /// No endpoint would do better: the answer goes to the client as it is.
  case client = "to client"
}

/// The class of a failure, as the table in ARCHITECTURE.md names it.
package enum FailureClass: String, Sendable, CaseIterable {
  /// Refused, reset, closed without an answer, TLS or name look-up failed.
  case network
  /// Nothing came for too long: waiting a second time would only double the wait.
  case timeout
  /// 500, 502, 503, 504 and other 5xx.
  case serverError = "server error"
  /// 529, and 5xx that ask not to be retried.
  case overloaded
  /// 429.
  case rateLimited = "rate limited"
  /// 401, 402, 403: the endpoint's own credential or account.
  case account
  /// 404: the model or path is not served there. 408, 409: conflicts of the endpoint's own. Also what cannot be
  /// said in the endpoint's protocol, or with its configuration.
  case notServed = "not served"
  /// 400, 413, 422 and other 4xx: the request itself.
  case request
  /// 400 for thinking in the history: signed by somebody else, or where it does not belong.
  case refusedThinking = "refused thinking"
  /// A truncated stream, or events that break the protocol.
  case brokenAnswer = "broken answer"
  /// An `error` event inside a 200.
  case errorEvent = "error event"
  /// HTML, JSON without a message, an empty body or an answer without content.
  case notAnAnswer = "not an answer"
  /// Somebody moved the request by hand.
  case moved
  /// The client left, or the fault is ours.
  case final

  /// The table itself; nothing else decides.
  package func decision(_ options: FailoverOptions) -> RetryDecision {
    switch self {
    case .network, .serverError, .brokenAnswer: .sameEndpoint
    case .timeout, .overloaded, .rateLimited, .account, .notServed, .errorEvent, .notAnAnswer, .moved:
      .nextEndpoint
    case .refusedThinking: .withoutThinking
    case .request: options.switchOnClientErrors ? .nextEndpoint : .client
    case .final: .client
    }
  }

  /// Whether it says something about the endpoint's health.
  package var countsAgainstEndpoint: Bool {
    switch self {
    case .request, .refusedThinking, .moved, .final: false
    case .network, .timeout, .serverError, .overloaded, .rateLimited, .account, .notServed, .brokenAnswer,
      .errorEvent, .notAnAnswer:
      true
    }
  }
}

extension ProxyFailure {
  /// Where this failure stands in the table.
  package var failureClass: FailureClass {
    if self.code == .badRequest || self.code == .internalFault, self.retry == .nextEndpoint {
      return .notServed
    }
    guard self.origin != .client else { return .final }
    switch self.code {
    case .resolveFailed, .connectFailed, .connectTimeout, .tlsFailed, .connectionLost: return .network
    case .firstByteTimeout, .idleTimeout, .progressTimeout, .totalTimeout: return .timeout
    case .upstreamStatus: return Self.classOf(status: self.httpStatus ?? 500)
    case .truncated, .malformedEvent, .eventTooLarge, .protocolViolation, .undecodableBody:
      return .brokenAnswer
    case .errorEvent: return self.httpStatus == 400 || self.httpStatus == 413 ? .request : .errorEvent
    case .wrongContentType, .emptyAnswer: return .notAnAnswer
    case .moved: return .moved
    case .overloaded: return .overloaded
    case .clientGone, .clientTimeout, .badRequest, .bodyTooLarge, .unauthorized, .noEndpoint,
      .shuttingDown, .internalFault:
      return .final
    }
  }

  private static func classOf(status: Int) -> FailureClass {
    switch status {
    case 529: .overloaded
    case 500...: .serverError
    case 429: .rateLimited
    case 401, 402, 403: .account
    case 404, 408, 409: .notServed
    case 400..<500: .request
    // A success or redirect that is no answer: 204, 301.
    default: .notAnAnswer
    }
  }
}
