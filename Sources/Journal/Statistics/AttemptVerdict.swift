/// What an attempt says about its endpoint.
package enum AttemptVerdict: Sendable, Equatable {
  case good
  /// The answer was cut: its stream ended early, or the connection broke after the head.
  case truncated
  /// It stood still: first byte, any byte or any progress took too long, or all of it did.
  case stalled
  /// It failed in another way that is the endpoint's fault: no connection, an error status or event, a rule broken.
  case failed
  /// Nothing: the client left, somebody moved the request, or the request was at fault.
  case none

  /// Whether the endpoint did wrong.
  package var isFault: Bool {
    switch self {
    case .truncated, .stalled, .failed: true
    case .good, .none: false
    }
  }

  /// - Parameters:
  ///   - code: of the failure, nil when the attempt did not fail.
  ///   - status: of the endpoint's answer, nil when there was none.
  ///   - decision: as in `AttemptRecord`.
  package init(code: String?, status: Int?, decision: String) {
    guard decision != "cancelled" else {
      self = .none
      return
    }
    switch code {
    case nil: self = .good
    case "truncated": self = .truncated
    case "connection_lost": self = status == nil ? .failed : .truncated
    case "first_byte_timeout", "idle_timeout", "progress_timeout", "total_timeout": self = .stalled
    case "upstream_status": self = Self.isRequestsFault(status ?? 500) ? .none : .failed
    case "client_gone", "client_timeout", "bad_request", "body_too_large", "unauthorized", "no_endpoint",
      "moved",
      "shutting_down", "internal_fault", "process_ended", "index_lost":
      self = .none
    default: self = .failed
    }
  }

  /// 4xx other than those that are about the endpoint's account, models and limits (`RetryTable`).
  private static func isRequestsFault(_ status: Int) -> Bool {
    (400..<500).contains(status) && ![401, 402, 403, 404, 408, 409, 429].contains(status)
  }
}
