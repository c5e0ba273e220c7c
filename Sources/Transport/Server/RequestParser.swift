import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Cuts what a client sends into the parts of HTTP/1 requests, with SwiftNIO's hardened parser.
///
/// The parser is a channel handler; the channel around it is only a place for it to stand in.
final class RequestParser {
  typealias Part = Result<HTTPServerRequestPart, HTTPParserError>

  private let channel: EmbeddedChannel
  private let outlet = Outlet()
  /// After an error nothing more can be understood.
  private var hasFailed = false

  init(headerLimit: Int, on loop: EmbeddedEventLoop) {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = headerLimit
    limits.maxHeaderFieldSize = headerLimit
    channel = EmbeddedChannel(
      handlers: [ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)), outlet], loop: loop)
  }

  /// Hands over the parts that `bytes` complete, then the error if they are not HTTP.
  func receive(_ bytes: UnsafeRawBufferPointer, _ take: (Part) -> Void) {
    guard !hasFailed else { return }
    channel.pipeline.syncOperations.fireChannelRead(NIOAny(unsafe ByteBuffer(bytes: bytes)))
    // Taken out first: what a part leads to must not meet the parser in the middle of its work.
    let parts = outlet.parts
    outlet.parts.removeAll(keepingCapacity: true)
    for part in parts {
      if case .failure = part { hasFailed = true }
      take(part)
    }
  }

  /// Must be called once, at the end.
  func close() { _ = try? channel.finish(acceptAlreadyClosed: true) }

  private final class Outlet: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    var parts: [Part] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      parts.append(.success(unwrapInboundIn(data)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      parts.append(.failure(error as? HTTPParserError ?? .unknown))
    }
  }
}
