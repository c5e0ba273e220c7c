import Pipeline

/// Reads records back from one segment file.
struct SegmentReader {
  private let file: File
  /// Bytes in the file when it was opened.
  let size: Int

  init(path: String) throws(JournalError) {
    file = try File(path, .read)
    size = try file.size()
  }

  /// The record at a place the index names.
  func record(at offset: Int, length: Int) throws(JournalError) -> SegmentRecord {
    guard (SegmentRecord.headerLength...SegmentRecord.maximumLength).contains(length),
      let record = SegmentRecord(try file.read(length, at: offset))
    else { throw JournalError(.damaged, "a block of a body in \(file.path) is damaged") }
    return record
  }

  /// Visits every undamaged record from `start` on, in order, and returns where the last of them ends.
  ///
  /// What lies between them is skipped: a torn tail, or a spot that went bad on disk.
  func scan(
    from start: Int, _ visit: (_ record: SegmentRecord, _ offset: Int, _ length: Int) -> Void
  ) throws(JournalError) -> Int {
    var end = start
    var offset = start
    while offset <= size - SegmentRecord.headerLength {
      if let (record, length) = try record(startingAt: offset) {
        visit(record, offset, length)
        offset += length
        end = offset
      } else if let next = try nextMagic(after: offset) {
        offset = next
      } else {
        break
      }
    }
    return end
  }

  private func record(
    startingAt offset: Int
  ) throws(JournalError) -> (record: SegmentRecord, length: Int)? {
    let header = try file.read(SegmentRecord.headerLength, at: offset)
    guard let length = SegmentRecord.length(header: header), length <= size - offset,
      let record = SegmentRecord(try file.read(length, at: offset))
    else { return nil }
    return (record, length)
  }

  private func nextMagic(after offset: Int) throws(JournalError) -> Int? {
    let window = 64 << 10
    var start = offset + 1
    while start < size {
      let bytes = try file.read(window, at: start)
      let last = bytes.count - SegmentRecord.magic.count
      if last < 0 { return nil }
      for index in 0...last where bytes[index] == SegmentRecord.magic[0] {
        if bytes[index...].starts(with: SegmentRecord.magic) { return start + index }
      }
      start += last + 1
    }
    return nil
  }
}
