import Pipeline

/// One block of a body as it stands in a segment file, complete enough to rebuild the index from it.
///
/// Little endian: `CZL1`, checksum (4 bytes), frame length (4), raw length (4), position in the body (8),
/// attempt (4), part (1), length of the id (1), two zero bytes, the id, the zstd frame. The checksum is
/// CRC-32 of everything behind it.
struct SegmentRecord {
  static let magic: [UInt8] = Array("CZL1".utf8)
  static let headerLength = 32
  /// No record is longer: a frame that does not shrink, and the longest id.
  static let maximumLength = headerLength + 255 + blockSize + blockSize / 128 + 1024

  var key: BodyKey
  /// Bytes of the body before this block.
  var position: Int
  var rawLength: Int
  var frame: ArraySlice<UInt8>

  init(key: BodyKey, position: Int, rawLength: Int, frame: ArraySlice<UInt8>) {
    self.key = key
    self.position = position
    self.rawLength = rawLength
    self.frame = frame
  }

  /// Nil unless `bytes` are exactly one undamaged record.
  init?(_ bytes: [UInt8]) {
    guard Self.length(header: bytes) == bytes.count,
      bytes.littleEndian(at: 4, as: UInt32.self) == CRC32.checksum(bytes[8...]),
      let rawLength = bytes.littleEndian(at: 12, as: UInt32.self),
      let position = bytes.littleEndian(at: 16, as: UInt64.self).flatMap(Int.init(exactly:)),
      let attempt = bytes.littleEndian(at: 24, as: UInt32.self),
      let part = BodyPart(code: Int(bytes[28]), attempt: Int(attempt))
    else { return nil }
    let frameStart = Self.headerLength + Int(bytes[29])
    let id = ExchangeID(text: bytes[Self.headerLength..<frameStart].text)
    self.init(
      key: BodyKey(exchange: id, part: part), position: position, rawLength: Int(rawLength),
      frame: bytes[frameStart...])
  }

  /// The bytes of the whole record that starts with `header`; nil when no record does.
  static func length(header: [UInt8]) -> Int? {
    guard header.count >= headerLength, header.starts(with: magic),
      let frameLength = header.littleEndian(at: 8, as: UInt32.self)
    else { return nil }
    let length = headerLength + Int(header[29]) + Int(frameLength)
    return length <= maximumLength ? length : nil
  }

  private var id: Substring.UTF8View { key.exchange.text.utf8.prefix(255) }

  /// Bytes of the whole record.
  var length: Int { Self.headerLength + id.count + frame.count }

  /// Appends the whole record to `bytes`.
  func append(to bytes: inout [UInt8]) {
    let id = id
    let start = bytes.count
    bytes.append(contentsOf: Self.magic)
    // The checksum takes this place when what it is of stands behind it.
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: UInt32(frame.count))
    bytes.append(littleEndian: UInt32(rawLength))
    bytes.append(littleEndian: UInt64(position))
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: key.part.attempt))
    bytes.append(UInt8(key.part.code))
    bytes.append(UInt8(id.count))
    bytes.append(littleEndian: UInt16(0))
    bytes.append(contentsOf: id)
    bytes.append(contentsOf: frame)
    let checksum = CRC32.checksum(bytes[(start + 8)...])
    for place in 0..<4 { bytes[start + 4 + place] = UInt8(truncatingIfNeeded: checksum >> (8 * place)) }
  }
}
