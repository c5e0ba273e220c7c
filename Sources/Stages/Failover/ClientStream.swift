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
  }

  private let exchange: Exchange
  private let pingInterval: Duration
  private let state: Mutex<State>

  package init(_ exchange: Exchange, pingInterval: Duration) {
    self.exchange = exchange
    self.pingInterval = pingInterval
    state = Mutex(State(lastSent: exchange.time.now))
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
    let isOurs = state.withLock { state -> Bool in
      state.lastSent = exchange.time.now
      state.bytesSent += bytes.count
      state.isMirroring = state.isMirroring && sourceOffset == state.mirrored
      if state.isMirroring { state.mirrored += bytes.count }
      return !state.isMirroring
    }
    if isOurs { exchange.log.append(bytes, to: .responseSent, of: exchange.id) }
  }

  /// Ends the answer properly.
  package func finish() async throws(ProxyFailure) {
    try await exchange.client.finish()
  }

  /// Drops the connection, so that the client sees the answer is not whole.
  package func drop() { exchange.client.abort() }

  /// Writes the totals into the record of the exchange.
  package func noteTotals() {
    let (sent, mirrored) = state.withLock { ($0.bytesSent, $0.mirrored) }
    exchange.note { record in
      record.bytesOut = sent
      record.mirroredBytes = mirrored
    }
  }

  /// When the client must hear from us next.
  package var nextPing: MonotonicTime { state.withLock { $0.lastSent } + pingInterval }

  /// Sends a ping, and the head of an event stream before it, if the client has heard nothing for too long.
  ///
  /// - Parameter fields: the head's fields, should it not have been sent yet.
  package func pingIfSilent(fields: HTTPFields) async throws(ProxyFailure) {
    guard exchange.time.now >= nextPing else { return }
    if !hasHead { try await begin(status: 200, fields: fields) }
    try await send([MessageEvent(frame: Self.ping, kind: .ping)])
  }

  static let ping = ServerSentEvent(name: "ping", data: #"{"type":"ping"}"#).frame
}
