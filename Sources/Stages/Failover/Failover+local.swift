import HTTPTypes
import Pipeline

/// Answers that no endpoint is asked for.
extension Failover {
  /// Sends a message of our own making, in the form the client asked for.
  func answer(
    _ message: LocalMessage, _ routed: RoutedRequest, _ index: Int, _ client: ClientStream,
    _ exchange: Exchange
  ) async throws(ProxyFailure) {
    let isStreamed = routed.tagged.facts.isStreamed && routed.tagged.facts.kind == .messages
    let body = isStreamed ? try MessageReplay.events(from: message.message) : message.message
    client.serve(from: routed.candidates[index].name, isFirst: index == 0)
    exchange.note { $0.endpoint = routed.candidates[index].name }
    var fields = client.fields(from: UpstreamHead(status: 200, fields: [:]))
    fields[.contentType] = isStreamed ? "text/event-stream; charset=utf-8" : "application/json"
    if !isStreamed { fields[.contentLength] = String(body.count) }
    // A client that was kept waiting with pings has its head.
    if !client.hasHead { try await client.begin(status: 200, fields: fields) }
    exchange.note { [exchange] record in record.firstContent = exchange.elapsed }
    try await client.send(body, sourceOffset: nil)
    try await client.finish()
  }

  /// The next candidate of Anthropic's own protocol: it may have tools that no other endpoint runs.
  func betterCandidate(_ routed: RoutedRequest, after index: Int) -> String? {
    routed.candidates[(index + 1)...].first { $0.dialect == .anthropic }?.name
  }
}
