package import HTTPTypes
package import Pipeline
import Synchronization

/// The client's side of one exchange: writes the answer, keeps the connection awake, and notes what was sent.
///
/// What the client gets is kept in the journal only from the point where it differs from what the serving
/// attempt received: usually that is nothing.
package final class ClientStream: Sendable {
  private struct State {
    var hasHead = false
    var lastSent: MonotonicTime
    var bytesSent = 0
    /// The leading bytes that are those of the serving attempt, in the same places.
    var mirrored = 0
    var isMirroring = true
    /// Takes what differs.
    var sent: (any BodyLog)?
    var source = (endpoint: "", isFirst: true, attempt: 0)
    /// The attempt whose bytes are mirrored.
    var mirroredAttempt = 0
  }

  private let exchange: Exchange
  private let options: FailoverOptions
  private let state: Mutex<State>

  package init(_ exchange: Exchange, options: FailoverOptions) {
    self.exchange = exchange
    self.options = options
    state = Mutex(State(lastSent: exchange.time.now))
  }

  /// The endpoint whose answer is being read; its name and rate limits go into the head.
  ///
  /// - Parameter attempt: its number; 0 for an answer of our own.
  package func serve(from endpoint: String, isFirst: Bool, attempt: Int = 0) {
    state.withLock { $0.source = (endpoint, isFirst, attempt) }
  }

  /// The fields of the client's head, made from the endpoint's.
  package func fields(from head: UpstreamHead) -> HTTPFields {
    let source = state.withLock { $0.source }
    return ReplyFields(
      endpoint: source.endpoint, isFirstEndpoint: source.isFirst,
      maximumRetryAfter: options.maximumRetryAfter
    ).clientFields(from: head.fields, id: exchange.id, wallMilliseconds: exchange.time.wallMilliseconds)
  }

  /// The same for an event stream, whatever the endpoint called its answer (G15).
  package func eventStreamFields(from head: UpstreamHead) -> HTTPFields {
    var fields = fields(from: head)
    fields[.contentType] = "text/event-stream; charset=utf-8"
    fields[.cacheControl] = "no-cache"
    return fields
  }

  /// Whether the client already has a status line.
  package var hasHead: Bool { state.withLock { $0.hasHead } }

  package func begin(status: Int, fields: HTTPFields) async throws(ProxyFailure) {
    state.withLock { state in
      state.hasHead = true
      state.lastSent = exchange.time.now
    }
    exchange.note { record in
      record.status = status
      if record.firstByte == nil { record.firstByte = exchange.elapsed }
    }
    try await exchange.client.send(status: status, fields: fields)
  }

  /// Writes events in one go; suspends while the client reads too slowly.
  package func send(_ events: [MessageEvent]) async throws(ProxyFailure) {
    guard !events.isEmpty else { return }
    for event in events { keep(event.frame, sourceOffset: event.sourceOffset) }
    try await exchange.client.send(events.map(\.frame))
  }

  /// Writes bytes of an answer that is relayed as it is.
  package func send(_ bytes: Bytes, sourceOffset: Int?) async throws(ProxyFailure) {
    keep(bytes, sourceOffset: sourceOffset)
    try await exchange.client.send([bytes])
  }

  /// Counts what is sent, and hands the journal what differs from the endpoint's bytes.
  private func keep(_ bytes: Bytes, sourceOffset: Int?) {
    let log = state.withLock { state -> (any BodyLog)? in
      state.lastSent = exchange.time.now
      state.bytesSent += bytes.count
      exchange.progress.note(bytesSent: state.bytesSent)
      if state.mirrored == 0 { state.mirroredAttempt = state.source.attempt }
      state.isMirroring =
        state.isMirroring && sourceOffset == state.mirrored && state.source.attempt == state.mirroredAttempt
      guard !state.isMirroring else {
        state.mirrored += bytes.count
        return nil
      }
      if state.sent == nil { state.sent = exchange.log.body(.responseSent, of: exchange.id) }
      return state.sent
    }
    log?.append(bytes)
  }

  /// Ends the answer properly.
  package func finish() async throws(ProxyFailure) {
    try await exchange.client.finish()
  }

  /// Drops the connection, so that the client sees the answer is not whole.
  package func drop() { exchange.client.abort() }

  /// Writes the totals into the record of the exchange.
  package func noteTotals() {
    let (sent, mirrored, attempt) = state.withLock { ($0.bytesSent, $0.mirrored, $0.mirroredAttempt) }
    exchange.note { record in
      record.mirroredAttempt = attempt
      record.bytesOut = sent
      record.mirroredBytes = mirrored
    }
  }

  /// All bytes of the body so far.
  package var bytesSent: Int { state.withLock { $0.bytesSent } }

  /// When the client must hear from us next.
  package var nextPing: MonotonicTime { state.withLock { $0.lastSent } + options.pingInterval }

  /// When who may not ping looks again whether it may.
  var nextLook: MonotonicTime { exchange.time.now + options.pingInterval }

  /// Sends a ping, and the head of an event stream before it, if the client has heard nothing for too long.
  ///
  /// - Parameter head: of the endpoint that answered 200; nil while none has, when nothing is sent that would
  ///   make an honest status impossible.
  package func pingIfSilent(_ head: UpstreamHead?) async throws(ProxyFailure) {
    guard exchange.time.now >= nextPing else { return }
    if !hasHead {
      guard let head else { return }
      try await begin(status: 200, fields: eventStreamFields(from: head))
    }
    try await send([Self.ping])
  }

  /// Answers with an endpoint's refusal as it is: its words and status matter to the client (G4).
  func relay(_ reply: EndpointReply) async throws(ProxyFailure) {
    var fields = fields(from: reply.head)
    fields[.contentLength] = String(reply.body.count)
    try await begin(status: reply.head.status, fields: fields)
    // Not necessarily the last attempt's: the journal keeps it as sent.
    try await send(reply.body, sourceOffset: nil)
    try await finish()
  }

  /// Ends a stream that has only had pings with an `error` event.
  func sendError(_ failure: ProxyFailure) async throws(ProxyFailure) {
    let data = failure.upstreamBody?.text ?? AnthropicError(failure, id: exchange.id).body.text
    try await send([
      MessageEvent(frame: ServerSentEvent(name: "error", data: data).frame, kind: .other)
    ])
    try await finish()
  }

  static let ping = MessageEvent("ping", kind: .ping)
}
