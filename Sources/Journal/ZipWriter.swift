import Foundation

/// Writes a zip file that any system opens: stored entries, UTF-8 names, no zip64.
struct ZipWriter {
  private struct Entry {
    var name: [UInt8]
    var checksum: UInt32
    var size: UInt32
    var offset: UInt32
  }

  private let file: File
  private let stamp: (time: UInt16, date: UInt16)
  private var entries: [Entry] = []
  private var offset = 0
  /// What still has to fit below 4 GiB: the entries again, in the directory at the end.
  private var directoryLength = 22

  /// - Parameter wallMilliseconds: The time stamped on all entries, in UTC.
  init(path: String, wallMilliseconds: Int64) throws(JournalError) {
    file = try File(path, .replace)
    stamp = Self.stamp(wallMilliseconds)
  }

  /// Adds a file; `/` in the name makes folders.
  mutating func add(_ name: String, _ bytes: [UInt8]) throws(JournalError) {
    let name = Array(name.utf8)
    let after = offset + 30 + name.count + bytes.count
    let directoryAfter = directoryLength + 46 + name.count
    guard after + directoryAfter <= Int(UInt32.max), entries.count < Int(UInt16.max),
      name.count <= Int(UInt16.max)
    else {
      throw JournalError(.exportTooLarge, "the export would be larger than 4 GB; choose fewer exchanges")
    }
    let entry = Entry(
      name: name, checksum: CRC32.checksum(bytes[...]), size: UInt32(bytes.count), offset: UInt32(offset))
    var header: [UInt8] = []
    header.append(littleEndian: UInt32(0x0403_4B50))
    appendCommon(of: entry, to: &header)
    header.append(contentsOf: name)
    try append(header)
    try append(bytes)
    entries.append(entry)
    directoryLength = directoryAfter
  }

  /// Writes the directory; without it the file is no zip.
  mutating func finish() throws(JournalError) {
    let start = offset
    for entry in entries {
      var header: [UInt8] = []
      header.append(littleEndian: UInt32(0x0201_4B50))
      // Made on Unix, so that the mode below counts.
      header.append(littleEndian: UInt16(3 << 8 | 20))
      appendCommon(of: entry, to: &header)
      header.append(littleEndian: UInt16(0))  // comment
      header.append(littleEndian: UInt16(0))  // disk
      header.append(littleEndian: UInt16(0))  // internal attributes
      header.append(littleEndian: UInt32(0o100600) << 16)
      header.append(littleEndian: entry.offset)
      header.append(contentsOf: entry.name)
      try append(header)
    }
    var end: [UInt8] = []
    end.append(littleEndian: UInt32(0x0605_4B50))
    end.append(littleEndian: UInt32(0))  // disks
    end.append(littleEndian: UInt16(entries.count))
    end.append(littleEndian: UInt16(entries.count))
    end.append(littleEndian: UInt32(offset - start))
    end.append(littleEndian: UInt32(start))
    end.append(littleEndian: UInt16(0))  // comment
    try append(end)
  }

  /// The fields that local header and directory share.
  private func appendCommon(of entry: Entry, to header: inout [UInt8]) {
    header.append(littleEndian: UInt16(20))  // version needed: 2.0
    header.append(littleEndian: UInt16(1 << 11))  // names are UTF-8
    header.append(littleEndian: UInt16(0))  // stored
    header.append(littleEndian: stamp.time)
    header.append(littleEndian: stamp.date)
    header.append(littleEndian: entry.checksum)
    header.append(littleEndian: entry.size)
    header.append(littleEndian: entry.size)
    header.append(littleEndian: UInt16(entry.name.count))
    header.append(littleEndian: UInt16(0))  // extra
  }

  private mutating func append(_ bytes: [UInt8]) throws(JournalError) {
    try file.write(bytes[...], at: offset)
    offset += bytes.count
  }

  /// Time and date as MS-DOS wrote them, which is what zip still does.
  private static func stamp(_ wallMilliseconds: Int64) -> (time: UInt16, date: UInt16) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(wallMilliseconds) / 1000))
    guard let year = parts.year, (1980...2107).contains(year), let month = parts.month, let day = parts.day,
      let hour = parts.hour, let minute = parts.minute, let second = parts.second
    else { return (0, 0x21) }  // 1 January 1980, the first day there is
    return (
      UInt16(hour << 11 | minute << 5 | second / 2), UInt16((year - 1980) << 9 | month << 5 | day)
    )
  }
}
