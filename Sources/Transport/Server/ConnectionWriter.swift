import HTTPTypes
import NIOCore
import NIOHTTP1
import Pipeline
import Synchronization

/// The client's end of one request. Calls on the connection's loop, where the handler's task runs, go straight
/// to the channel; others hop there first.
final class ConnectionWriter: ClientWriter {
  private struct State {
    var isFinished = false
    var isAborted = false
  }

  private let connection: NIOLoopBound<ConnectionHandler>
  private let loop: any EventLoop
  private let isHead: Bool
  private let state = Mutex(State())

  init(_ connection: NIOLoopBound<ConnectionHandler>, loop: any EventLoop, isHead: Bool) {
    self.connection = connection
    self.loop = loop
    self.isHead = isHead
  }

  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {
    try await onLoop { [isHead] connection in
      var headers = HTTPHeaders()
      for field in fields { headers.add(name: field.name.rawName, value: field.value) }
      if !connection.keepsAlive { headers.replaceOrAdd(name: "connection", value: "close") }
      // An answer to HEAD has no body to mark the end of.
      if isHead, !headers.contains(name: "content-length") { headers.add(name: "content-length", value: "0") }
      connection.write(
        .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)))
    }
  }

  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {
    guard !isHead else { return }
    try await onLoop { connection in
      var buffer = ByteBuffer()
      buffer.reserveCapacity(bytes.reduce(0) { $0 + $1.count })
      for part in bytes { buffer.writeBytes(part) }
      connection.write(.body(.byteBuffer(buffer)), flush: true)
    }
    await untilWritable()
  }

  func finish() async throws(ProxyFailure) {
    state.withLock { $0.isFinished = true }
    try await onLoop { connection in connection.write(.end(nil), flush: true) }
  }

  func abort() { state.withLock { $0.isAborted = true } }

  /// The handler's task is over.
  func close() async {
    let isWhole = state.withLock { $0.isFinished && !$0.isAborted }
    try? await onLoop { connection in connection.ended(isWhole: isWhole) }
  }

  private func untilWritable() async {
    if loop.inEventLoop { await connection.value.untilWritable() }
  }

  /// Runs `body` on the loop; throws `clientGone` if the connection is closed.
  private func onLoop(
    _ body: @escaping @Sendable (ConnectionHandler) -> Void
  ) async throws(ProxyFailure) {
    let isOpen: Bool
    if loop.inEventLoop {
      isOpen = Self.perform(body, connection.value)
    } else {
      let connection = connection
      isOpen = (try? await loop.submit { Self.perform(body, connection.value) }.get()) ?? false
    }
    guard isOpen else {
      throw ProxyFailure(
        .clientGone, origin: .client, stage: "accept", retry: .never, detail: "The client has left.")
    }
  }

  private static func perform(
    _ body: @Sendable (ConnectionHandler) -> Void, _ connection: ConnectionHandler
  ) -> Bool {
    guard connection.isOpen else { return false }
    body(connection)
    return true
  }
}
