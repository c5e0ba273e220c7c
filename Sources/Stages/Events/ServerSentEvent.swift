package import Pipeline

/// One whole frame of an event stream, as slices of the read it came in.
package struct ServerSentEvent: Sendable, Equatable {
  /// The frame's exact bytes, its blank line included.
  package var frame: Bytes
  /// The value of the last `event:` line; empty when there is none.
  package var name: Bytes
  /// The `data:` lines joined with LF; a slice of `frame` when there is only one.
  package var data: Bytes
  /// Where `frame` begins in the stream, in bytes.
  package var offset: Int

  package init(frame: Bytes, name: Bytes, data: Bytes, offset: Int = 0) {
    self.frame = frame
    self.name = name
    self.data = data
    self.offset = offset
  }

  /// Builds a frame in the canonical form `event: NAME`, `data: DATA`, blank line.
  package init(name: some StringProtocol, data: some StringProtocol) {
    let bytes = Bytes(utf8: "event: \(name)\ndata: \(data)\n\n")
    let nameEnd = 7 + name.utf8.count
    frame = bytes
    self.name = bytes[7..<nameEnd]
    self.data = bytes[nameEnd + 7..<bytes.count - 2]
    offset = 0
  }
}
