import HTTPTypes
import NIOHTTP1
import Pipeline

/// How one answer is put on the wire: its head, and how the client knows where the body ends.
struct AnswerFraming {
  enum Body: Equatable {
    /// To HEAD, and with 204 and 304.
    case none
    /// Bytes that are still to come.
    case declared(remaining: Int)
    case chunked
    /// HTTP/1.0 without a length.
    case untilClose
  }

  private(set) var body: Body
  /// Whether another request may follow on the connection.
  let keepsAlive: Bool

  private let status: Int
  private let fields: HTTPFields

  init(status: Int, fields: HTTPFields, to request: RequestHead, keepsAlive: Bool) {
    self.status = status
    self.fields = fields
    if request.method == .head || status == 204 || status == 304 {
      body = .none
    } else if let length = fields[.contentLength].flatMap({ Int($0) }), length >= 0 {
      body = .declared(remaining: length)
    } else {
      body = request.isHTTP10 ? .untilClose : .chunked
    }
    self.keepsAlive = keepsAlive && body != .untilClose
  }

  /// Status line and fields, with those that belong to the connection replaced by ours.
  func writeHead(to buffer: inout OutputBuffer) {
    buffer.append("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
    for field in fields where !isOurs(field.name) {
      buffer.append(field.name.rawName)
      buffer.append(": ")
      buffer.append(field.value)
      buffer.append("\r\n")
    }
    if body == .chunked { buffer.append("Transfer-Encoding: chunked\r\n") }
    if !keepsAlive { buffer.append("Connection: close\r\n") }
    buffer.append("\r\n")
  }

  private func isOurs(_ name: HTTPField.Name) -> Bool {
    switch name {
    case .connection, .transferEncoding: true
    // A length that is no number, or of a body that cannot be.
    case .contentLength: body == .chunked || body == .untilClose || status == 204
    default: false
    }
  }

  /// The parts as one piece of the body; false if they do not fit the declared length.
  mutating func write(_ parts: [Bytes], to buffer: inout OutputBuffer) -> Bool {
    let count = parts.reduce(0) { $0 + $1.count }
    guard count > 0, body != .none else { return true }
    if case .declared(let remaining) = body {
      guard count <= remaining else { return false }
      body = .declared(remaining: remaining - count)
    }
    if body == .chunked { buffer.append(String(count, radix: 16) + "\r\n") }
    for part in parts { buffer.append(part) }
    if body == .chunked { buffer.append("\r\n") }
    return true
  }

  /// The end of the body; false if declared bytes are missing.
  func writeEnd(to buffer: inout OutputBuffer) -> Bool {
    switch body {
    case .none, .untilClose: return true
    case .declared(let remaining): return remaining == 0
    case .chunked:
      buffer.append("0\r\n\r\n")
      return true
    }
  }
}
