import HTTPTypes
import Pipeline

/// A short answer of the proxy itself.
struct LocalAnswer: Sendable {
  var status: Int
  var fields: HTTPFields
  var body: Bytes

  init(status: Int = 200, json: String) {
    self.status = status
    body = Bytes(utf8: json)
    fields = [.contentType: "application/json", .contentLength: String(body.count)]
  }

  /// The failure in Anthropic's shape.
  init(_ failure: ProxyFailure, id: ExchangeID) {
    let error = AnthropicError(failure, id: id)
    status = error.status
    // What an endpoint said of itself may have any shape.
    body = failure.origin == .client ? failure.upstreamBody ?? error.body : error.body
    fields = [.contentType: "application/json", .contentLength: String(body.count)]
    // Who was turned away for want of a slot or of a working endpoint may come back soon.
    if failure.code == .overloaded { fields[.retryAfter] = "5" }
    fields[.init("x-companion-request-id")!] = id.text
  }

  func send(to client: any ClientWriter) async throws(ProxyFailure) {
    try await client.send(status: status, fields: fields)
    if !body.isEmpty { try await client.send([body]) }
    try await client.finish()
  }
}

/// Sends a request to this process or to the network, by its URL's scheme.
struct RouteTransport: UpstreamTransport {
  let network: any UpstreamTransport
  let demo: DemoTransport

  func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream {
    request.url.hasPrefix("demo:")
      ? demo.start(request, time: time) : network.start(request, time: time)
  }
}
