/// Appends records to the newest segment file and starts the next one when it is full.
final class SegmentWriter {
  struct Place: Equatable {
    var segment: Int
    /// Bytes from the start of the file.
    var offset: Int
    var length: Int
  }

  private let directory: JournalDirectory
  private let limit: Int
  private var file: File?
  private var offset = 0
  /// The segment that takes the next record, or the one after it.
  private(set) var number: Int

  /// Goes on with the newest segment, whose torn tail has been cut.
  init(directory: JournalDirectory, limit: Int) throws(JournalError) {
    self.directory = directory
    self.limit = limit
    let newest = try directory.segments().last
    number = newest?.number ?? 1
    offset = newest?.size ?? 0
  }

  /// Writes one record whole, or throws and leaves nothing that counts.
  func append(_ record: [UInt8]) throws(JournalError) -> Place {
    if offset > 0, offset + record.count > limit {
      file = nil
      number += 1
      offset = 0
    }
    try openedFile().write(record[...], at: offset)
    defer { offset += record.count }
    return Place(segment: number, offset: offset, length: record.count)
  }

  private func openedFile() throws(JournalError) -> File {
    if let file { return file }
    let opened = try File(directory.segment(number), .update)
    file = opened
    return opened
  }
}
