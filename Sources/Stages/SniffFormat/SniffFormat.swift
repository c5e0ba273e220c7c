package import Pipeline

/// Lets an event stream pass untouched, and turns a whole JSON message into one (V1).
///
/// The JSON of an OpenAI-compatible endpoint becomes a single event, which the translator reads like a chunk.
///
/// Some endpoints answer a streamed request with a plain JSON message, some with an HTML page and status 200.
/// The first byte that is not white space tells; the content type is not trusted either way.
package struct SniffFormat: Stage {
  package static let name: StageName = "sniff-format"

  /// A JSON message larger than this is refused.
  static let messageLimit = 64 * 1024 * 1024

  private enum State {
    case undecided([UInt8])
    case eventStream
    case message([UInt8])
  }

  private var state = State.undecided([])
  private var attempt: Attempt?

  package init() {}

  package func prepared(for attempt: Attempt) -> SniffFormat {
    var sniff = self
    sniff.attempt = attempt
    return sniff
  }

  package mutating func receive(
    _ input: Bytes, _ emit: (Bytes) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    switch state {
    case .eventStream: try emit(input)
    case .message(var message):
      // Moved out and back, so that appending does not copy.
      state = .eventStream
      message += input
      state = .message(message)
      guard message.count <= Self.messageLimit else {
        throw ProxyFailure(
          .eventTooLarge, origin: .upstream, stage: Self.name,
          detail: "The message is larger than \(Self.messageLimit >> 20) MiB.")
      }
    case .undecided(let start): try decide(start + input, emit)
    }
  }

  private mutating func decide(
    _ start: [UInt8], _ emit: (Bytes) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    guard let first = start.first(where: { !Self.isWhitespace($0) }) else {
      state = .undecided(start)
      return
    }
    switch first {
    case UInt8(ascii: "{"): state = .message(start)
    // Gemini lists its errors (Q24).
    case UInt8(ascii: "[") where isTranslated: state = .message(start)
    case UInt8(ascii: "<"):
      throw ProxyFailure(
        .wrongContentType, origin: .upstream, stage: Self.name, rule: "V1",
        detail: "The endpoint answered 200 with a web page.")
    default:
      state = .eventStream
      try emit(Bytes(start))
    }
  }

  package mutating func finish(_ emit: (Bytes) throws(ProxyFailure) -> Void) throws(ProxyFailure) {
    guard case .message(let message) = state else { return }
    state = .eventStream
    try emit(
      isTranslated
        ? ServerSentEvent.unnamed(json: Bytes(message))
        : try MessageReplay.events(from: Bytes(message), stage: Self.name))
    if attempt?.expectation.isStreamed ?? true { attempt?.countRepair("V1", by: Self.name) }
  }

  private var isTranslated: Bool { attempt?.expectation.translation != nil }

  private static func isWhitespace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}

extension ServerSentEvent {
  /// The bytes of an event without a name whose data is a JSON text; its line ends are mere white space.
  fileprivate static func unnamed(json: Bytes) -> Bytes {
    let space = UInt8(ascii: " ")
    return Bytes("data: ".utf8) + json.map { $0 == 0x0A || $0 == 0x0D ? space : $0 } + Bytes("\n\n".utf8)
  }
}
