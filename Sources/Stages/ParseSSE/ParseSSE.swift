package import Pipeline

/// Turns the bytes of an event stream into events, however the bytes are cut.
///
/// Frames are slices of the read they came in; only a frame that spans reads is copied together. Every byte of
/// the stream belongs to exactly one frame (a leading byte order mark excepted), comments and stray blank
/// lines included: those come out as events without name and data. A partial frame at the end is never
/// emitted.
///
/// Throws `.malformedEvent` [V4] for NUL or ill-formed UTF-8, `.eventTooLarge` above `maximumFrame`, and at
/// the end `.truncated` [V5] when a frame lacks its blank line.
package struct ParseSSE: Stage {
  package static let name: StageName = "parse-sse"
  /// In bytes. Search results come whole in one event; they stay far below.
  package static let maximumFrame = 16 * 1024 * 1024

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private var findings = Findings(stage: name)
  private var scanner = FrameScanner()
  /// The frame that began in an earlier read.
  private var partial: [UInt8] = []

  package init() { findings.event = 1 }

  package func prepared(for attempt: Attempt) -> ParseSSE {
    var parser = self
    parser.findings.attempt = attempt
    return parser
  }

  package mutating func receive(
    _ input: Bytes, _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    var start = input.startIndex
    while let end = scanner.endOfFrame(in: input, from: start) {
      if partial.isEmpty {
        try take(input[start..<end], emit)
      } else {
        try takePartial(with: input[start..<end], emit)
      }
      start = end
    }
    guard start < input.endIndex else { return }
    try checkSize(partial.count + (input.endIndex - start))
    partial += input[start...]
  }

  package mutating func finish(
    _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    guard !partial.isEmpty else { return }
    // Nothing comes after the CR of the last blank line: there was no LF to wait for. And endpoints that are
    // translated may close right after `[DONE]` (Q10): whether that is a cut, their validator knows.
    if scanner.endsAtReturn || isTranslated { return try takePartial(with: [], emit) }
    let count = partial.count
    partial = []
    throw findings.failure(
      .v5, "The stream ends within an event: its last \(count) bytes lack a blank line", code: .truncated)
  }

  private var isTranslated: Bool { findings.attempt?.expectation.translation != nil }

  private mutating func takePartial(
    with rest: Bytes, _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    try checkSize(partial.count + rest.count)
    partial += rest
    let frame = Bytes(partial)
    partial = []
    try take(frame, emit)
  }

  private mutating func take(
    _ frame: Bytes, _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    try checkSize(frame.count)
    try checkText(frame)
    if findings.event == 1, frame.starts(with: Self.byteOrderMark) {
      findings.repaired(.v4)
      try emit(ServerSentEvent(frame: frame.dropFirst(3), offset: 3))
    } else {
      try emit(ServerSentEvent(frame: frame, offset: findings.offset))
    }
    findings.event += 1
    findings.offset += frame.count
    scanner.beginFrame()
  }

  private func checkSize(_ count: Int) throws(ProxyFailure) {
    guard count > Self.maximumFrame else { return }
    throw findings.failure(
      nil, "An event is larger than \(Self.maximumFrame >> 20) MiB", code: .eventTooLarge)
  }

  private func checkText(_ frame: Bytes) throws(ProxyFailure) {
    if scanner.hasNUL {
      throw findings.failure(.v4, "An event contains a NUL character", code: .malformedEvent)
    }
    guard scanner.hasNonASCII,
      let place = unsafe frame.withUnsafeBufferPointer({ unsafe ByteScan.firstInvalidUTF8(in: $0) })
    else { return }
    throw findings.failure(
      .v4, "An event is not valid UTF-8: its byte \(place) fits no character", code: .malformedEvent)
  }
}
