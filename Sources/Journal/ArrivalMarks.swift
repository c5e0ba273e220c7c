import Pipeline

/// When the bytes of an answer came, as a body of its own: for each mark how many bytes further on it stands than the
/// one before, then how many microseconds later, both as LEB128. The first counts from byte 0 and from the start of the
/// attempt.
///
/// Reads less than a millisecond after a mark belong to it, so that no answer has more marks than it took
/// milliseconds, and every time is right to one.
struct ArrivalMarks {
  private static let resolution: Int64 = 1000

  /// Those not yet handed over.
  private(set) var bytes: [UInt8] = []
  private var last: ArrivalMark?

  /// Notes that the bytes from `offset` on came now; returns by how many bytes the marks grew.
  mutating func note(offset: Int, microseconds: Int64) -> Int {
    if let last, microseconds - last.microseconds < Self.resolution { return 0 }
    let before = bytes.count
    append(UInt64(max(0, offset - (last?.offset ?? 0))))
    append(UInt64(max(0, microseconds - (last?.microseconds ?? 0))))
    last = ArrivalMark(offset: offset, microseconds: max(0, microseconds))
    return bytes.count - before
  }

  /// Hands over what has gathered.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// The marks in `bytes`, as far as they are whole.
  static func decode(_ bytes: [UInt8]) -> [ArrivalMark] {
    var marks: [ArrivalMark] = []
    var mark = ArrivalMark(offset: 0, microseconds: 0)
    var rest = bytes[...]
    while let distance = nextValue(&rest), let pause = nextValue(&rest) {
      let (offset, isTooFar) = mark.offset.addingReportingOverflow(distance)
      let (time, isTooLate) = mark.microseconds.addingReportingOverflow(Int64(pause))
      guard !isTooFar, !isTooLate else { break }
      mark = ArrivalMark(offset: offset, microseconds: time)
      marks.append(mark)
    }
    return marks
  }

  /// Takes a number off the front; nil when none is there whole, or none that fits.
  private static func nextValue(_ bytes: inout Bytes) -> Int? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = bytes.popFirst(), shift < 63 {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int(exactly: value) }
      shift += 7
    }
    return nil
  }
}
