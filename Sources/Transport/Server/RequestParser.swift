import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Cuts what a client sends into the parts of HTTP/1 requests, with SwiftNIO's hardened parser.
///
/// The parser is a channel handler; the channel around it is only a place for it to stand in.
final class RequestParser {
  private let channel: EmbeddedChannel
  /// After an error nothing more can be understood.
  private var hasFailed = false

  init(headerLimit: Int, on loop: EmbeddedEventLoop) {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = headerLimit
    limits.maxHeaderFieldSize = headerLimit
    channel = EmbeddedChannel(
      handler: ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)), loop: loop)
  }

  /// Hands over the parts that `bytes` complete, then the error if they are not HTTP.
  func receive(_ bytes: UnsafeRawBufferPointer, _ take: (Result<HTTPServerRequestPart, HTTPParserError>) -> Void) {
    guard !hasFailed else { return }
    var failure: HTTPParserError?
    do {
      try channel.writeInbound(unsafe ByteBuffer(bytes: bytes))
    } catch {
      hasFailed = true
      failure = error as? HTTPParserError ?? .unknown
    }
    // A part of another type is never made by this decoder, so nothing is left behind.
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) { take(.success(part)) }
    if let failure { take(.failure(failure)) }
  }

  /// Must be called once, at the end.
  func close() { _ = try? channel.finish(acceptAlreadyClosed: true) }
}
