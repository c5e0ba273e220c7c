/// Appends records to the newest segment file and starts the next one when it is full.
///
/// Records gather and are written together: most are smaller than what a call of the system costs.
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
  /// Where `gathered` begins in the file.
  private var offset = 0
  private var gathered: [UInt8] = []
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

  /// Bytes that are not in the file yet.
  var pending: Int { gathered.count }

  /// Gathers one record; it is in its place when `flush` has returned.
  ///
  /// Throws what `flush` throws, with the same effect; the record is not taken then.
  func append(_ record: SegmentRecord) throws(JournalError) -> Place {
    let length = record.length
    if offset + gathered.count > 0, offset + gathered.count + length > limit {
      try flush()
      file = nil
      number += 1
      offset = 0
    }
    let place = Place(segment: number, offset: offset + gathered.count, length: length)
    record.append(to: &gathered)
    return place
  }

  /// Writes what has gathered; if this throws, none of it counts.
  func flush() throws(JournalError) {
    guard !gathered.isEmpty else { return }
    defer { gathered.removeAll(keepingCapacity: true) }
    try openedFile().write(gathered[...], at: offset)
    offset += gathered.count
  }

  private func openedFile() throws(JournalError) -> File {
    if let file { return file }
    let opened = try File(directory.segment(number), .update)
    file = opened
    return opened
  }
}
