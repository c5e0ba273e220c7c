package import HTTPTypes

/// What a client asked, whole: bodies are read before routing because tags and model rules look inside.
package struct ClientRequest: Sendable {
  package var method: HTTPRequest.Method
  /// The path without its query, as sent (never normalised).
  package var path: String
  /// The part after `?`, as sent; nil when there is none.
  package var query: String?
  /// The fields as received, including credentials.
  package var fields: HTTPFields
  /// The body after its content encoding was removed.
  package var body: Bytes
  /// The peer's address, for the log.
  package var peer: String
  /// Set for requests of the proxy itself: the only endpoint to ask, whatever its state. Never by a client.
  package var destination: String?

  package init(
    method: HTTPRequest.Method, path: String, query: String? = nil, fields: HTTPFields = [:],
    body: Bytes = [], peer: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.body = body
    self.peer = peer
  }
}

/// One request to an endpoint, ready to send.
package struct UpstreamRequest: Sendable {
  package var method: HTTPRequest.Method
  /// Absolute, `http` or `https`.
  package var url: String
  /// Exactly the fields to send, in order; the transport adds only Host, Content-Length and
  /// `Accept-Encoding: identity`.
  package var fields: HTTPFields
  package var body: Bytes
  package var proxy: UpstreamProxy?
  package var timeouts: UpstreamTimeouts

  package init(
    method: HTTPRequest.Method, url: String, fields: HTTPFields = [:], body: Bytes = [],
    proxy: UpstreamProxy? = nil, timeouts: UpstreamTimeouts = UpstreamTimeouts()
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.proxy = proxy
    self.timeouts = timeouts
  }
}

/// A forward proxy between us and an endpoint.
package struct UpstreamProxy: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable { case http, socks5 }

  package var kind: Kind
  /// `host:port`; for SOCKS5 the proxy resolves names.
  package var address: String
  package var username: String?
  package var password: Secret?

  package init(kind: Kind, address: String, username: String? = nil, password: Secret? = nil) {
    self.kind = kind
    self.address = address
    self.username = username
    self.password = password
  }
}

/// Limits of one attempt. `connect` covers name look-up, TCP and TLS.
package struct UpstreamTimeouts: Sendable, Hashable {
  package var connect: Duration = .seconds(10)
  /// From the request sent to the response head.
  package var firstByte: Duration = .seconds(60)
  /// Between two reads of the body, pings included.
  package var idle: Duration = .seconds(90)
  /// Between two events that carry the answer on; pings do not count.
  package var progress: Duration = .seconds(300)
  /// The whole attempt; nil for no limit.
  package var total: Duration?

  package init() {}
}

/// The head of an endpoint's answer.
package struct UpstreamHead: Sendable {
  package var status: Int
  package var fields: HTTPFields
  /// From the start of the transfer until the connection was usable; zero on a reused one.
  package var connect: Duration
  package var reusedConnection: Bool
  /// `HTTP/1.1`, `HTTP/2` or `in-process`.
  package var version: String

  package init(
    status: Int, fields: HTTPFields, connect: Duration = .zero, reusedConnection: Bool = false,
    version: String = "HTTP/1.1"
  ) {
    self.status = status
    self.fields = fields
    self.connect = connect
    self.reusedConnection = reusedConnection
    self.version = version
  }
}

/// What can carry a request to an endpoint: libcurl, or the demo endpoint in this process.
package protocol UpstreamTransport: Sendable {
  /// Starts the transfer and returns at once; head, bytes and failures arrive through the stream.
  func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream
}

/// A request on its way to one endpoint, with what to do while its answer is awaited.
package struct UpstreamCall: Sendable {
  package var request: UpstreamRequest
  /// Called before waiting and again at each time it returned, until the head is there.
  package var whileWaiting: @Sendable () async throws(ProxyFailure) -> MonotonicTime
  /// Gets the answer's stream as soon as there is one.
  package var whenStarted: (@Sendable (AnswerStream) -> Void)?

  package init(
    request: UpstreamRequest,
    whileWaiting: @escaping @Sendable () async throws(ProxyFailure) -> MonotonicTime
  ) {
    self.request = request
    self.whileWaiting = whileWaiting
  }
}

/// The head of an answer, and the stream its body comes from.
package struct UpstreamAnswer: Sendable {
  package var head: UpstreamHead
  package var stream: AnswerStream

  package init(head: UpstreamHead, stream: AnswerStream) {
    self.head = head
    self.stream = stream
  }
}

/// Where an exchange's answer goes. All calls come from one task, in order.
package protocol ClientWriter: Sendable {
  /// Sends status and fields. Once only, before any bytes.
  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure)
  /// Sends bytes in one go; suspends while the client reads too slowly.
  func send(_ bytes: [Bytes]) async throws(ProxyFailure)
  /// Ends the answer properly.
  func finish() async throws(ProxyFailure)
  /// Drops the connection so that the client notices the answer is not whole.
  func abort()
}

/// Text that must not appear in logs, exports or messages: descriptions show its last characters only.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself. Use it only where it is sent.
  package let exposed: String

  package init(_ text: String) { exposed = text }

  /// `sk-…abcd` for long secrets, `…` for short ones.
  package var description: String {
    exposed.count < 12 ? "…" : "\(exposed.prefix(3))…\(exposed.suffix(4))"
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
