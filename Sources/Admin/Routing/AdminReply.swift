package import HTTPTypes
package import Pipeline

/// What a route answers.
package struct AdminReply: Sendable {
  package typealias Stream = @Sendable (any ClientWriter) async throws(ProxyFailure) -> Void

  package enum Body: Sendable {
    case bytes(Bytes)
    /// Writes pieces as they come; returning ends the answer.
    case stream(Stream)
  }

  package var status: Int
  package var fields: HTTPFields
  package var body: Body

  package init(status: Int, fields: HTTPFields, body: Body) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  package static func json(_ value: some JSONRepresentable, status: Int = 200) -> AdminReply {
    bytes(value.json.bytes, type: "application/json", status: status)
  }

  package static func text(_ text: String, status: Int = 200) -> AdminReply {
    bytes(Bytes(utf8: text), type: "text/plain; charset=utf-8", status: status)
  }

  /// - Parameter fileName: the browser is to save it under this name; of letters, digits, `.`, `-` and `_`.
  package static func bytes(
    _ bytes: Bytes, type: String, fileName: String? = nil, status: Int = 200
  ) -> AdminReply {
    var fields: HTTPFields = [.contentType: type]
    if let fileName { fields[.contentDisposition] = "attachment; filename=\"\(fileName)\"" }
    return AdminReply(status: status, fields: fields, body: .bytes(bytes))
  }

  /// 204.
  package static let empty = AdminReply(status: 204, fields: [:], body: .bytes([]))

  /// Server-sent events.
  package static func events(_ stream: @escaping Stream) -> AdminReply {
    AdminReply(
      status: 200, fields: [.contentType: "text/event-stream; charset=utf-8"], body: .stream(stream))
  }

  /// - Parameter isHead: only the head is wanted.
  func send(to client: any ClientWriter, isHead: Bool) async throws(ProxyFailure) {
    var fields = fields
    switch body {
    case .bytes(let bytes):
      if status != 204, status != 304 { fields[.contentLength] = String(bytes.count) }
      try await client.send(status: status, fields: fields)
      if !bytes.isEmpty, !isHead { try await client.send([bytes]) }
    case .stream(let write):
      try await client.send(status: status, fields: fields)
      if !isHead { try await write(client) }
    }
    try await client.finish()
  }
}
