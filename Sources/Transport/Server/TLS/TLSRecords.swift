import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS

/// The TLS of one connection: records of the client become plain bytes, plain bytes become records.
///
/// As with `RequestParser`, the work is done by a channel handler of SwiftNIO, and the channel around it is only a
/// place for it to stand in. On the reactor's thread only.
final class TLSRecords {
  enum Progress: Equatable {
    case open
    /// The client has said that nothing more will come (close_notify).
    case ended
    /// The client does not keep to the protocol, or no handshake is possible; an alert may wait to be sent.
    case broken
    /// What began here is not TLS. Nothing was taken of it.
    case notTLS
  }

  /// With what a connection begins: a record of type "handshake".
  private static let firstByte: UInt8 = 22
  /// Plain bytes that become one record: as many as it may hold.
  private static let recordSize = 16 * 1024
  /// Records that are made for one send. No more are made before the kernel has taken these, so a slow client
  /// has its bytes waiting as plain ones, and no client has them twice.
  private static let recordsPerSend = 4

  private let channel: EmbeddedChannel
  private let wire = Wire()
  private let outlet = Outlet()
  private var hasBegun = false
  private var isEnding = false

  init(_ context: NIOSSLContext, on loop: EmbeddedEventLoop) {
    channel = EmbeddedChannel(handlers: [wire, NIOSSLServerHandler(context: context), outlet], loop: loop)
    channel.pipeline.syncOperations.fireChannelActive()
  }

  /// The handshake is over, and neither side has ended the connection.
  var isOpen: Bool { outlet.isEstablished && !outlet.isClosed }

  /// Bytes of records that the kernel has not taken yet.
  var unsent: Int { wire.records.count }

  // MARK: Receiving

  /// Hands over what `bytes` held for the server. It may call back, and even `close`.
  func receive(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) -> Progress {
    if !hasBegun {
      guard unsafe bytes.first == Self.firstByte else { return .notTLS }
      hasBegun = true
    }
    guard !outlet.isClosed else { return .broken }
    channel.pipeline.syncOperations.fireChannelRead(NIOAny(unsafe ByteBuffer(bytes: bytes)))
    channel.pipeline.syncOperations.fireChannelReadComplete()
    let progress = outlet.progress
    // Taken out first: what the bytes lead to must not meet the handler in the middle of its work.
    let plain = outlet.plain
    outlet.plain = []
    for part in plain { unsafe part.withUnsafeReadableBytes { unsafe take($0) } }
    return progress
  }

  // MARK: Sending

  /// After the bytes that were given to `send`, the client is told that they were all.
  func end() { isEnding = true }

  /// Sends what the kernel takes of `plain`; the rest stays there. False if the connection is broken.
  func send(_ plain: inout OutputBuffer, to socket: ConnectedSocket) -> Bool {
    repeat {
      guard socket.send(&wire.records) else { return false }
    } while wire.records.isEmpty && seal(&plain)
    return !outlet.isClosed || plain.isEmpty
  }

  /// Makes the next records; false if there is nothing to make them of.
  private func seal(_ plain: inout OutputBuffer) -> Bool {
    guard isOpen, !plain.isEmpty || isEnding else { return false }
    for _ in 0..<Self.recordsPerSend where !plain.isEmpty {
      unsafe plain.drain { bytes in
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.recordSize))
        channel.pipeline.syncOperations.writeAndFlush(NIOAny(unsafe ByteBuffer(bytes: part)), promise: nil)
        return part.count
      }
    }
    if plain.isEmpty, isEnding { channel.pipeline.syncOperations.close(mode: .output, promise: nil) }
    return true
  }

  /// Must be called once, at the end. Says nothing to the client.
  func close() {
    // As if the socket had gone: without this the handler would wait for the client's farewell.
    channel.pipeline.syncOperations.fireChannelInactive()
    _ = try? channel.finish(acceptAlreadyClosed: true)
    wire.records.clear()
  }

  // MARK: Both ends of the channel

  /// Where the socket would be.
  private final class Wire: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var records = OutputBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      unsafe unwrapOutboundIn(data).withUnsafeReadableBytes { unsafe records.append($0) }
      promise?.succeed()
    }
  }

  /// Where the server is.
  private final class Outlet: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var plain: [ByteBuffer] = []
    private(set) var isEstablished = false
    private(set) var isClosed = false
    private var hasClientEnded = false

    var progress: Progress { !isClosed ? .open : hasClientEnded ? .ended : .broken }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { plain.append(unwrapInboundIn(data)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      switch event as? TLSUserEvent {
      case .handshakeCompleted: isEstablished = true
      case .shutdownCompleted: hasClientEnded = true
      case nil: break
      }
    }

    func channelInactive(context: ChannelHandlerContext) { isClosed = true }

    // Every error closes the channel as well.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
  }
}
