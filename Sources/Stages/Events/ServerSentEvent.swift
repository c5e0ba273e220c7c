package import Pipeline

/// One whole frame of an event stream, as a slice of the read it came in.
package struct ServerSentEvent: Sendable, Equatable {
  /// The frame's exact bytes, its blank line included.
  package let frame: Bytes
  /// Where `frame` begins in the stream, in bytes.
  package let offset: Int

  // Ranges, not slices: every slice is one more reference to count, for every event in every stage.
  private let nameRange: Range<Int>
  private let dataRange: Range<Int>
  /// The data, where it does not lie in `frame` as one piece.
  private let dataApart: Bytes?

  /// The value of the last `event:` line; empty when there is none.
  package var name: Bytes { frame[nameRange] }
  /// The `data:` lines joined with LF; a slice of `frame` when there is only one.
  package var data: Bytes { dataApart ?? frame[dataRange] }

  /// - Parameters:
  ///   - name: a range of indexes of `frame`; nil when it has no name.
  ///   - data: the same; nil when it has no data, or `dataApart`.
  ///   - dataApart: the data, when it does not lie in `frame` as one piece.
  package init(
    frame: Bytes, name: Range<Int>?, data: Range<Int>?, dataApart: Bytes? = nil, offset: Int = 0
  ) {
    let nothing = frame.startIndex..<frame.startIndex
    self.frame = frame
    nameRange = name ?? nothing
    dataRange = data ?? nothing
    self.dataApart = dataApart
    self.offset = offset
  }

  /// Builds a frame in the canonical form `event: NAME`, `data: DATA`, blank line.
  package init(name: some StringProtocol, data: some StringProtocol, offset: Int = 0) {
    let bytes = Bytes(utf8: "event: \(name)\ndata: \(data)\n\n")
    let nameEnd = 7 + name.utf8.count
    self.init(frame: bytes, name: 7..<nameEnd, data: nameEnd + 7..<bytes.count - 2, offset: offset)
  }

  package static func == (left: ServerSentEvent, right: ServerSentEvent) -> Bool {
    left.frame == right.frame && left.name == right.name && left.data == right.data
      && left.offset == right.offset
  }
}
