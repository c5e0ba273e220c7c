import GRDB
import Pipeline

/// Looks for text in the stored bodies of exchanges. Blocks that are damaged or gone are passed over.
struct BodySearch {
  private let directory: JournalDirectory
  private let pattern: BytePattern
  private let decompressor: BlockDecompressor
  /// Nil for a file that cannot be opened.
  private var segments: [Int: SegmentReader?] = [:]
  /// Bytes of bodies looked at so far.
  private(set) var searchedBytes = 0

  init(_ pattern: BytePattern, in directory: JournalDirectory) throws(JournalError) {
    self.directory = directory
    self.pattern = pattern
    decompressor = try BlockDecompressor()
  }

  /// Whether a body in `rows`, the blocks of one exchange in order, has the text.
  mutating func isFound(in rows: [BlockRow]) -> Bool {
    /// The end of the block before, in which a match may begin.
    var tail: [UInt8] = []
    var end: (part: Int, attempt: Int, position: Int)?
    for row in rows where !row.isMissing && row.bodyPart?.isTimes == false {
      if let end, end != (row.part, row.attempt, row.position) { tail = [] }
      end = (row.part, row.attempt, row.position + row.rawLength)
      guard let bytes = block(row) else {
        tail = []
        continue
      }
      searchedBytes += bytes.count
      if pattern.isFound(in: bytes[...]) { return true }
      if !tail.isEmpty, pattern.isFound(in: (tail + bytes.prefix(pattern.length - 1))[...]) { return true }
      tail = (tail + bytes).suffix(pattern.length - 1)
    }
    return false
  }

  private mutating func block(_ row: BlockRow) -> [UInt8]? {
    if segments[row.segment] == nil {
      segments.updateValue(try? SegmentReader(path: directory.segment(row.segment)), forKey: row.segment)
    }
    guard let reader = segments[row.segment] ?? nil,
      let record = try? reader.record(at: row.offset, length: row.length),
      record.key.exchange.text == row.exchange, record.position == row.position
    else { return nil }
    return try? decompressor.decompress(record.frame, rawLength: record.rawLength)
  }
}
