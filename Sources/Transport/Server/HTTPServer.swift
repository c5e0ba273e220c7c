package import Pipeline
import Synchronization

/// The HTTP/1.1 server: reads requests whole within its limits and runs the handler for each, on the reactor's
/// thread.
package final class HTTPServer: Sendable {
  package typealias Handler = @Sendable (ClientRequest, any ClientWriter) async -> Void

  /// What every connection needs of its server.
  struct Shared: Sendable {
    let options: ServerOptions
    let tls: ServerTLS?
    let memory: MemoryBudget
    let time: any TimeSource
    let handler: Handler
    let reactor: Reactor
    let open = OpenConnections()
  }

  /// How long a connection whose last answer is out is read from, so that the client gets to see that answer.
  static let lingering = Duration.seconds(5)
  /// Bytes of an answer that wait for a slow client before its handler has to wait too, and until when.
  static let unsentHigh = 256 * 1024
  static let unsentLow = 64 * 1024

  private let shared: Shared
  private let listening = Mutex<[ReactorBound<ListeningSocket>]>([])

  /// - Parameters:
  ///   - tls: who the server is; nil for plain HTTP.
  ///   - handler: answers one request; its task is cancelled when the client leaves before the answer is
  ///     finished. An answer that is not finished when it returns ends the connection.
  package init(
    options: ServerOptions, tls: ServerTLS? = nil, time: any TimeSource, reactor: Reactor = .shared,
    handler: @escaping Handler
  ) {
    shared = Shared(
      options: options, tls: tls, memory: MemoryBudget(limit: options.memoryLimit), time: time,
      handler: handler, reactor: reactor)
  }

  /// Listens, and says where.
  package func start() throws(BindProblem) -> (host: String, port: Int) {
    let options = shared.options
    guard options.host == "localhost" else {
      let host = options.host.hasPrefix("[") ? String(options.host.dropFirst().dropLast()) : options.host
      return try listen(host, options.port)
    }
    // Clients differ in which one they try, and not all try both. A machine may lack either.
    do throws(BindProblem) {
      let first = try listen("127.0.0.1", options.port)
      _ = try? listen("::1", first.port)
      return first
    } catch {
      guard let second = try? listen("::1", options.port) else { throw error }
      return second
    }
  }

  private func listen(_ host: String, _ port: Int) throws(BindProblem) -> (host: String, port: Int) {
    let bound = try ListeningSocket.open(host: host, port: port)
    let socket = ListeningSocket(bound.descriptor, reactor: shared.reactor) { [shared] in
      Self.accept($0, peer: $1, shared)
    }
    let listener = ReactorBound(socket, to: shared.reactor)
    listening.withLock { $0.append(listener) }
    shared.reactor.execute { listener.value.start() }
    return (bound.host, bound.port)
  }

  private static func accept(_ socket: ConnectedSocket, peer: String, _ shared: Shared) {
    let connection = Connection(socket, peer: peer, server: shared)
    guard shared.open.add(connection, on: shared.reactor), connection.start() else {
      return connection.close()
    }
  }

  /// Stops accepting; idle connections close at once, running answers may finish within `drainLimit`. Returns
  /// when every connection is closed and every handler has returned.
  package func stop(drainLimit: Duration) async {
    shared.open.closeDoors()
    let closed = Gate()
    shared.reactor.execute { [self] in
      for socket in listening.withLock({ $0 }) { socket.value.close() }
      closed.open()
    }
    await closed.wait()
    tellConnections(.gently)
    await shared.time.sleep(until: shared.time.now + drainLimit, or: shared.open.allGone)
    tellConnections(.now)
    await shared.open.allGone.wait()
  }

  /// How many connections are open.
  package var connectionCount: Int { shared.open.connections.count }

  private func tellConnections(_ stop: Connection.Stop) {
    shared.reactor.execute { [shared] in
      for connection in shared.open.connections { connection.value.stop(stop) }
    }
  }
}
