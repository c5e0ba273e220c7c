import NIOCore
import NIOHTTP1
import NIOPosix
package import Pipeline
import Synchronization

/// The HTTP/1.1 server: reads requests whole within its limits and runs the handler for each, on the
/// connection's event loop.
///
/// One loop serves all connections: libcurl has a thread of its own, and a second loop was measured to lower
/// the latency of 50 streams a little for 30 % more CPU.
package final class HTTPServer: Sendable {
  package typealias Handler = @Sendable (ClientRequest, any ClientWriter) async -> Void

  /// What every connection needs of its server.
  struct Shared: Sendable {
    let options: ServerOptions
    let time: any TimeSource
    let handler: Handler
    let open = OpenConnections()
  }

  /// Why the server could not listen.
  package struct BindProblem: Error, CustomStringConvertible {
    package let description: String
  }

  /// How long a connection whose last answer is out is read from, so that the client gets to see that answer.
  static let lingering = Duration.seconds(5)

  private let shared: Shared
  /// Of the process's shared group, which outlives every server: a late timer or task always finds its loop.
  private let loop = MultiThreadedEventLoopGroup.singleton.next()
  private let listening = Mutex<[any Channel]>([])

  /// - Parameter handler: answers one request; its task is cancelled when the client leaves before the answer
  ///   is finished. An answer that is not finished when it returns ends the connection.
  package init(options: ServerOptions, time: any TimeSource, handler: @escaping Handler) {
    shared = Shared(options: options, time: time, handler: handler)
  }

  /// Listens, and says where.
  package func start() async throws(BindProblem) -> (host: String, port: Int) {
    let options = shared.options
    guard options.host == "localhost" else {
      let host = options.host.hasPrefix("[") ? String(options.host.dropFirst().dropLast()) : options.host
      return try await listen(host, options.port)
    }
    // Clients differ in which one they try, and not all try both. A machine may lack either.
    do throws(BindProblem) {
      let first = try await listen("127.0.0.1", options.port)
      _ = try? await listen("::1", first.port)
      return first
    } catch {
      guard let second = try? await listen("::1", options.port) else { throw error }
      return second
    }
  }

  private func listen(_ host: String, _ port: Int) async throws(BindProblem) -> (host: String, port: Int) {
    do {
      let channel = try await bootstrap.bind(host: host, port: port).get()
      listening.withLock { $0.append(channel) }
      let address = channel.localAddress
      return (address?.ipAddress ?? host, address?.port ?? port)
    } catch {
      throw BindProblem(
        description: """
          cannot listen on \(host), port \(port): \(Self.words(for: error)). \
          Choose another with --host and --port, or in server of the configuration.
          """)
    }
  }

  private static func words(for error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return switch error.errnoCode {
    case EADDRINUSE: "the port is in use by another program"
    case EADDRNOTAVAIL: "this machine does not have that address"
    case EACCES: "ports below 1024 need more rights"
    default: error.description
    }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: loop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024))
      .childChannelInitializer { [shared] channel in
        channel.eventLoop.makeCompletedFuture { try Self.configure(channel, shared) }
      }
  }

  private static func configure(_ channel: any Channel, _ shared: Shared) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = shared.options.headerLimit
    limits.maxHeaderFieldSize = shared.options.headerLimit
    let connection = ConnectionHandler(shared, loop: channel.eventLoop)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(
      FirstBytes(connection), ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)), connection
    )
    guard shared.open.add(channel) else { throw ChannelError.ioOnClosedChannel }
    channel.closeFuture.whenComplete { _ in shared.open.remove(channel) }
  }

  /// Stops accepting; idle connections close at once, running answers may finish within `drainLimit`. Returns
  /// when every connection is closed and every handler has returned.
  package func stop(drainLimit: Duration) async {
    for channel in listening.withLock({ $0 }) { try? await channel.close() }
    shared.open.closeDoors()
    tellConnections(.gently)
    await shared.time.sleep(until: shared.time.now + drainLimit, or: shared.open.allGone)
    tellConnections(.now)
    await shared.open.allGone.wait()
  }

  /// How many connections are open.
  package var connectionCount: Int { shared.open.channels.count }

  private func tellConnections(_ stop: ConnectionHandler.Stop) {
    for channel in shared.open.channels { channel.pipeline.fireUserInboundEventTriggered(stop) }
  }
}

/// Tells the connection that bytes arrived, before the head they belong to is whole: slow heads have a limit of
/// their own. Bytes that nobody wants are not parsed.
private final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: ConnectionHandler

  init(_ connection: ConnectionHandler) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if connection.wantsBytes() { context.fireChannelRead(data) }
  }
}
