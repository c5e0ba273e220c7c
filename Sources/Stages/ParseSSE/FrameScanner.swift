import Pipeline

/// Finds the blank lines that end the frames of an event stream, whatever way the stream is cut into reads.
///
/// Lines end in LF, CR or CRLF. A CR at the end of a read waits for the byte after it, so that a frame's bytes
/// never depend on where the stream was cut.
struct FrameScanner {
  /// The line being read has no bytes yet.
  private var isLineEmpty = true
  /// The byte before was a CR: an LF right after it belongs to the same line end.
  private var isAfterReturn = false
  /// The frame is over, but for an LF that may follow its CR.
  private(set) var endsAtReturn = false

  /// A byte of the frame so far is not ASCII.
  private(set) var hasNonASCII = false
  private(set) var hasNUL = false

  /// Forgets what was seen of the frame before.
  mutating func beginFrame() {
    hasNonASCII = false
    hasNUL = false
  }

  /// Reads on from `start`; returns the index after the end of the frame, or nil when it is not there yet.
  mutating func endOfFrame(in bytes: Bytes, from start: Int) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe endOfFrame(in: buffer, from: start - bytes.startIndex).map { $0 + bytes.startIndex }
    }
  }

  private mutating func endOfFrame(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      if isAfterReturn {
        isAfterReturn = false
        if unsafe bytes[index] == UInt8(ascii: "\n") { index &+= 1 }
        if endsAtReturn {
          endsAtReturn = false
          return index
        }
        continue
      }
      let stop = unsafe ByteScan.firstNotable(in: bytes, from: index, stopsAtNonASCII: !hasNonASCII)
      if stop > index { isLineEmpty = false }
      guard stop < bytes.count else { return nil }
      index = stop &+ 1
      switch unsafe bytes[stop] {
      case UInt8(ascii: "\n"):
        if isLineEmpty { return index }
        isLineEmpty = true
      case UInt8(ascii: "\r"):
        isAfterReturn = true
        endsAtReturn = isLineEmpty
        isLineEmpty = true
      case let byte:
        isLineEmpty = false
        if byte == 0 { hasNUL = true }
        if byte >= 0x80 { hasNonASCII = true }
      }
    }
    return nil
  }
}
