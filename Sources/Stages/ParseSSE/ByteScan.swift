/// Scans of raw bytes, eight at a time.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first control character (below U+0020) at or after `start`, or the first byte that is not ASCII if
  /// `stopsAtNonASCII`; the count when there is none.
  ///
  /// One pass finds line ends, NUL and the need for a UTF-8 check alike, which is why this is not `memchr`.
  static func firstNotable(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, stopsAtNonASCII: Bool
  ) -> Int {
    let count = bytes.count
    let nonASCII = stopsAtNonASCII ? highs : 0
    var index = start
    while index &+ 8 <= count, let base = bytes.baseAddress {
      let word = unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self).littleEndian
      let found = (((word &- ones &* 0x20) & ~word) | (word & nonASCII)) & highs
      // A borrow can only spoil bytes above the first hit, so the lowest bit is exact.
      if found != 0 { return index &+ found.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < count {
      let byte = unsafe bytes[index]
      if byte < 0x20 || stopsAtNonASCII && byte >= 0x80 { return index }
      index &+= 1
    }
    return count
  }

  /// Whether the first `count` bytes of both are the same.
  static func areEqual(_ count: Int, _ left: UnsafePointer<UInt8>?, _ right: UnsafePointer<UInt8>?) -> Bool {
    guard let left = unsafe left, let right = unsafe right else { return count == 0 }
    var index = 0
    while index &+ 8 <= count {
      let one = unsafe UnsafeRawPointer(left + index).loadUnaligned(as: UInt64.self)
      let other = unsafe UnsafeRawPointer(right + index).loadUnaligned(as: UInt64.self)
      if one != other { return false }
      index &+= 8
    }
    while index < count {
      if unsafe left[index] != right[index] { return false }
      index &+= 1
    }
    return true
  }

  /// The offset of the first byte that is not part of well-formed UTF-8; nil when all are.
  static func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count {
      if index &+ 8 <= bytes.count, let base = bytes.baseAddress,
        unsafe UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & highs == 0
      {
        index &+= 8
        continue
      }
      guard let length = unsafe sequenceLength(in: bytes, at: index) else { return index }
      index &+= length
    }
    return nil
  }

  /// The length of the well-formed sequence at `index`, by table 3-7 of the Unicode standard.
  private static func sequenceLength(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    let second: ClosedRange<UInt8>
    let length: Int
    switch unsafe bytes[index] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard index &+ length <= bytes.count, unsafe second.contains(bytes[index &+ 1]) else { return nil }
    for place in index &+ 2..<max(index &+ 2, index &+ length) where unsafe bytes[place] & 0xC0 != 0x80 {
      return nil
    }
    return length
  }
}
