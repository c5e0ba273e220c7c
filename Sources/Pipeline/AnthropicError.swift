/// An error of the proxy's own in the shape of Anthropic's API: `{"type":"error","error":{"type","message"}}`.
package struct AnthropicError: Sendable {
  package var status: Int
  package var message: String
  package var requestID: String?

  package init(status: Int, message: String, requestID: String? = nil) {
    self.status = status
    self.message = message
    self.requestID = requestID
  }

  /// The failure as the client is told: its status, or 502.
  package init(_ failure: ProxyFailure, id: ExchangeID) {
    self.init(
      status: failure.httpStatus ?? 502,
      message: "\(failure.detail) (\(failure.stage), \(failure.code.rawValue))", requestID: id.text)
  }

  /// The error type that Anthropic gives this status (anthropic-request.md §6).
  package var type: String {
    switch status {
    case 401: "authentication_error"
    case 402: "billing_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 408, 504: "timeout_error"
    case 409: "conflict_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 529: "overloaded_error"
    case 400..<500: "invalid_request_error"
    default: "api_error"
    }
  }

  /// The JSON text of the body.
  package var body: Bytes {
    let id = requestID.map { #","request_id":\#($0.jsonQuoted)"# } ?? ""
    return Bytes(
      utf8: #"{"type":"error","error":{"type":"\#(type)","message":\#(message.jsonQuoted)}\#(id)}"#)
  }
}

extension String {
  /// Appends `text` as a JSON string, quotes included.
  package mutating func appendJSON(_ text: String) {
    if text.needsEscape {
      self += text.jsonQuoted
    } else {
      self += "\""
      self += text
      self += "\""
    }
  }

  private var needsEscape: Bool {
    utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
  }

  /// This text as a JSON string, quotes included.
  package var jsonQuoted: String {
    guard needsEscape else { return "\"" + self + "\"" }
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
