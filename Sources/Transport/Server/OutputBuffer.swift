import Pipeline

/// Bytes of answers that the kernel has not taken yet.
struct OutputBuffer {
  /// A buffer that grew beyond this is let go once it is empty: most connections are quiet most of the time.
  private static let keptCapacity = 2048
  /// Sent bytes are moved out of the way when there are more; a reader that is always a little behind would
  /// make the buffer grow for ever.
  private static let largestGap = 128 * 1024

  private var bytes: [UInt8] = []
  private var start = 0

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ text: String) { bytes += text.utf8 }

  mutating func append(_ part: Bytes) { bytes += part }

  mutating func append(_ part: UnsafeRawBufferPointer) { unsafe bytes += part }

  /// Offers what is there to `send`, which says how much it took.
  mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) {
    let taken = unsafe bytes.withUnsafeBytes { unsafe send(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    start += taken
    if isEmpty {
      start = 0
      bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
    } else if start > Self.largestGap {
      bytes.removeSubrange(..<start)
      start = 0
    }
  }

  mutating func clear() {
    bytes = []
    start = 0
  }
}
