import Pipeline

/// An error an endpoint reports inside a success: `{"type":"error","error":{…}}`, or a bare `{"error":…}`.
struct UpstreamError {
  var type: String?
  var message: String

  /// Reads what can be read; `body` need not be JSON.
  init(_ body: Bytes) {
    let error = (try? JSONFields(body))?["error"]
    let fields = error.flatMap { try? JSONFields($0) }
    type = fields?.string("type")
    message = fields?.string("message") ?? error?.jsonString ?? body.prefix(200).text
  }

  /// The HTTP status the API gives this type of error before a stream begins.
  var httpStatus: Int {
    switch type {
    case "invalid_request_error": 400
    case "authentication_error": 401
    case "billing_error": 402
    case "permission_error": 403
    case "not_found_error": 404
    case "conflict_error": 409
    case "request_too_large": 413
    case "rate_limit_error": 429
    case "timeout_error": 504
    case "overloaded_error": 529
    default: 500
    }
  }

  /// The failure of an attempt whose answer is `body`.
  static func failure(_ rule: ProtocolRule, _ body: Bytes, _ findings: Findings) -> ProxyFailure {
    let error = UpstreamError(body)
    let type = error.type ?? "error"
    var failure = findings.failure(
      rule, "The endpoint reports \(type): \(error.message.prefix(500))", code: .errorEvent)
    failure.httpStatus = error.httpStatus
    failure.upstreamBody = body
    return failure
  }
}
