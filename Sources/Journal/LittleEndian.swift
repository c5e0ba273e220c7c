extension [UInt8] {
  /// Appends the bytes of `value`, lowest first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// The integer whose bytes start at `offset`, lowest first; nil beyond the end.
  func littleEndian<Value: FixedWidthInteger & UnsignedInteger>(at offset: Int, as: Value.Type) -> Value? {
    let width = Value.bitWidth / 8
    guard offset >= 0, count >= width, offset <= count - width else { return nil }
    return (0..<width).reduce(0) { $0 | Value(self[offset + $1]) << ($1 * 8) }
  }
}
