import NIOCore
import NIOHTTP1
import NIOPosix
package import Pipeline
import Synchronization

/// The HTTP/1.1 server: reads requests whole within its limits and runs the handler for each, on the
/// connection's event loop.
package final class HTTPServer: Sendable {
  package typealias Handler = @Sendable (ClientRequest, any ClientWriter) async -> Void

  /// What every connection needs of its server.
  struct Shared: Sendable {
    let options: ServerOptions
    let time: any TimeSource
    let handler: Handler
  }

  /// Why the server could not listen.
  package struct BindProblem: Error, CustomStringConvertible {
    package let description: String
  }

  private struct State {
    var listening: (any Channel)?
    var connections: [ObjectIdentifier: any Channel] = [:]
    var isStopping = false
  }

  private let shared: Shared
  private let state = Mutex(State())
  private let empty = Gate()

  /// - Parameter handler: answers one request; its task is cancelled when the client leaves. An answer that
  ///   was not finished when it returns ends the connection.
  package init(options: ServerOptions, time: any TimeSource, handler: @escaping Handler) {
    shared = Shared(options: options, time: time, handler: handler)
  }

  /// Listens, and says where.
  package func start() async throws(BindProblem) -> (host: String, port: Int) {
    let options = shared.options
    do {
      let channel = try await bootstrap.bind(host: options.host, port: options.port).get()
      state.withLock { $0.listening = channel }
      let address = channel.localAddress
      return (address?.ipAddress ?? options.host, address?.port ?? options.port)
    } catch {
      throw BindProblem(
        description: """
          cannot listen on \(options.host), port \(options.port): \(Self.words(for: error)). \
          Choose another with --host and --port, or in server of the configuration.
          """)
    }
  }

  private static func words(for error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return error.errnoCode == EADDRINUSE ? "the port is in use by another program" : error.description
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024))
      .childChannelInitializer { [weak self] channel in
        channel.eventLoop.makeCompletedFuture { try self?.configure(channel) }
      }
  }

  private func configure(_ channel: any Channel) throws {
    let connection = ConnectionHandler(shared, loop: channel.eventLoop)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(FirstBytes(connection))
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: true,
      withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(connection)
    let id = ObjectIdentifier(channel)
    let isStopping = state.withLock { state -> Bool in
      state.connections[id] = channel
      return state.isStopping
    }
    if isStopping { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { [weak self] _ in self?.forget(id) }
  }

  private var limits: NIOHTTPDecoderLimitConfiguration {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = shared.options.headerLimit
    limits.maxHeaderFieldSize = shared.options.headerLimit
    return limits
  }

  private func forget(_ id: ObjectIdentifier) {
    let isLast = state.withLock { state -> Bool in
      state.connections[id] = nil
      return state.isStopping && state.connections.isEmpty
    }
    if isLast { empty.open() }
  }

  /// Stops accepting; idle connections close at once, running answers may finish within `drainLimit`.
  package func stop(drainLimit: Duration) async {
    let listening = state.withLock { state -> (any Channel)? in
      state.isStopping = true
      if state.connections.isEmpty { empty.open() }
      return state.listening.take()
    }
    try? await listening?.close()
    tellConnections(.gently)
    await shared.time.sleep(until: shared.time.now + drainLimit, or: empty)
    tellConnections(.now)
    await empty.wait()
  }

  /// How many connections are open.
  package var connectionCount: Int { state.withLock { $0.connections.count } }

  private func tellConnections(_ stop: ConnectionHandler.Stop) {
    for channel in state.withLock({ Array($0.connections.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(stop)
    }
  }
}

/// Tells the connection that a request begins, before its head is whole: slow heads have a limit of their own.
private final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: ConnectionHandler

  init(_ connection: ConnectionHandler) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.beganHead()
    context.fireChannelRead(data)
  }
}
