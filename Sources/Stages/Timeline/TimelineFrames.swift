import Pipeline

/// Cuts a stored answer into its frames, whatever is in them.
enum TimelineFrames {
  struct Frame {
    var event: ServerSentEvent
    /// False when the whole answer is JSON, a web page or other text.
    var isEventStream = true
    /// It lacks its blank line: the answer ends within it.
    var isPartial = false
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  static func split(_ bytes: Bytes) -> [Frame] {
    guard let first = bytes.first(where: { $0 > 0x20 }) else { return [] }
    guard ![UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(first) else {
      return [
        Frame(event: ServerSentEvent(frame: bytes, name: nil, data: bytes.indices), isEventStream: false)
      ]
    }
    var frames: [Frame] = []
    var scanner = FrameScanner()
    var start = bytes.startIndex
    while let end = scanner.endOfFrame(in: bytes, from: start) {
      frames.append(Frame(event: event(bytes, start..<end)))
      scanner.beginFrame()
      start = end
    }
    if start < bytes.endIndex {
      // After the CR of the last blank line nothing more is needed.
      frames.append(Frame(event: event(bytes, start..<bytes.endIndex), isPartial: !scanner.endsAtReturn))
    }
    return frames
  }

  private static func event(_ bytes: Bytes, _ range: Range<Int>) -> ServerSentEvent {
    let frame = bytes[range]
    let offset = range.lowerBound - bytes.startIndex
    guard offset == 0, frame.starts(with: byteOrderMark) else {
      return ServerSentEvent(frame: frame, offset: offset)
    }
    return ServerSentEvent(frame: frame.dropFirst(3), offset: 3)
  }
}
