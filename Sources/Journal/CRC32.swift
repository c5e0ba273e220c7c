/// The CRC-32 of zip files and PNG (polynomial EDB88320), also the checksum of segment records.
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1
    }
  }

  private var state: UInt32 = .max

  /// The checksum of everything so far.
  var value: UInt32 { ~state }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    var state = state
    unsafe Self.table.withUnsafeBufferPointer { table in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        for index in bytes.indices {
          // The index is one byte wide and the table has 256 entries.
          unsafe state = table[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ (state >> 8)
        }
      }
    }
    self.state = state
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }
}
