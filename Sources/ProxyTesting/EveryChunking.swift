package import Pipeline

/// The ways to cut bytes into reads: every cut in two, then single bytes.
///
/// The two halves are slices of one storage, single bytes arrays of their own: a stage must not rely on where
/// the indexes of a read begin.
package struct EveryChunking: Sequence, IteratorProtocol {
  private let bytes: Bytes
  private var cut = 0

  package init(of bytes: Bytes) { self.bytes = bytes }

  package mutating func next() -> [Bytes]? {
    defer { cut += 1 }
    if cut < bytes.count {
      let place = bytes.startIndex + cut
      return [bytes[..<place], bytes[place...]]
    }
    return cut == bytes.count ? bytes.map { [$0] } : nil
  }
}
