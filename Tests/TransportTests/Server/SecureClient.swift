import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Pipeline
import ProxyTesting
import Synchronization

/// A client on a real socket that speaks TLS, shows every byte it got, and how the connection ended.
final class SecureClient: Sendable {
  enum Ending: Sendable, Equatable {
    /// The server said that this was all.
    case farewell
    /// The connection went without a word.
    case cut
  }

  /// How a client can leave.
  enum Leaving: Sendable, CaseIterable {
    case reset
    case endWithoutFarewell
    /// The connection itself stays, as with clients that wait for an answer to their farewell.
    case farewellAlone
  }

  private struct State {
    var bytes: [UInt8] = []
    var ending: Ending?
    var hasFarewell = false
    var handshake: Result<String?, any Error>?
    var watchers: [@Sendable (State) -> Bool] = []
  }

  private let channel: any Channel
  private let state: Shared

  /// - Parameters:
  ///   - certificate: the only one that is trusted.
  ///   - protocols: offered in the handshake.
  ///   - version: the newest the client knows.
  init(
    port: Int, trusting certificate: TestCertificate, protocols: [String] = [],
    upTo version: TLSVersion? = nil
  ) async throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .file(certificate.file)
    configuration.applicationProtocols = protocols
    configuration.minimumTLSVersion = .tlsv1
    configuration.maximumTLSVersion = version
    let context = try NIOSSLContext(configuration: configuration)
    let state = Shared()
    self.state = state
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([
            Wire(), NIOSSLClientHandler(context: context, serverHostname: nil), Collector(state),
          ])
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    _ = try await handshake()
  }

  /// The protocol that was agreed on.
  func handshake() async throws -> String? {
    await state.wait { $0.handshake != nil }
    return try state.value.handshake?.get()
  }

  func send(_ text: String) { send(Bytes(utf8: text)) }
  func send(_ bytes: Bytes) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  func post(_ path: String, _ body: String) { post(path, Bytes(utf8: body)) }

  /// Sends a request with a body and `Connection: close`.
  func post(_ path: String, _ body: Bytes) {
    send("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n")
    send(body)
  }

  func reads(_ reads: Bool) async throws { try await channel.setOption(.autoRead, value: reads).get() }

  /// Waits until the text so far contains `text`, or the connection has ended.
  @discardableResult
  func received(text: String) async -> String {
    await state.wait { Bytes($0.bytes).text.contains(text) || $0.ending != nil }
    return Bytes(state.value.bytes).text
  }

  /// Waits for the end of the connection.
  func reply() async -> (reply: TestReply, ending: Ending?) {
    await state.wait { $0.ending != nil }
    let state = state.value
    return (TestReply(Bytes(state.bytes), ending: state.ending == .farewell ? .closed : .reset), state.ending)
  }

  func leave(_ way: Leaving) async throws {
    if way == .reset {
      let options = channel as? any SocketOptionProvider
      try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
    try await channel.eventLoop.submit { [channel] in
      let pipeline = channel.pipeline.syncOperations
      if way == .farewellAlone {
        try pipeline.handler(type: Wire.self).passesEnds = false
        pipeline.close(mode: .output, promise: nil)
      } else {
        // From where TLS hears nothing of it.
        try pipeline.context(handlerType: Wire.self).close(promise: nil)
      }
    }.get()
  }

  deinit { channel.close(promise: nil) }

  /// Between TLS and the socket.
  private final class Wire: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var passesEnds = true

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
      if passesEnds { context.close(mode: mode, promise: promise) } else { promise?.succeed() }
    }
  }

  private final class Shared: Sendable {
    private let state = Mutex(State())

    var value: State { state.withLock { $0 } }

    func change(_ change: (inout State) -> Void) {
      state.withLock { state in
        change(&state)
        let now = state
        state.watchers.removeAll { $0(now) }
      }
    }

    func wait(until condition: @escaping @Sendable (State) -> Bool) async {
      await withCheckedContinuation { continuation in
        let watcher: @Sendable (State) -> Bool = { state in
          guard condition(state) else { return false }
          continuation.resume()
          return true
        }
        state.withLock { if !watcher($0) { $0.watchers.append(watcher) } }
      }
    }
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let state: Shared

    init(_ state: Shared) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let part = unwrapInboundIn(data)
      state.change { $0.bytes += part.readableBytesView }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      switch event as? TLSUserEvent {
      case .handshakeCompleted(let name): state.change { $0.handshake = .success(name) }
      case .shutdownCompleted: state.change { $0.hasFarewell = true }
      case nil: break
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      state.change { if $0.handshake == nil { $0.handshake = .failure(error) } }
    }

    func channelInactive(context: ChannelHandlerContext) {
      state.change { state in
        state.ending = state.hasFarewell ? .farewell : .cut
        if state.handshake == nil { state.handshake = .failure(ChannelError.eof) }
      }
    }
  }
}
