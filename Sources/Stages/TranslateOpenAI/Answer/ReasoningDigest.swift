import Pipeline

/// A short hash of reasoning, for the marker signature of its block: FNV-1a, 64 bits.
struct ReasoningDigest {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  mutating func add(_ bytes: Bytes) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }

  /// `px1.ROUTE.DIGEST`.
  func signature(route: String) -> String {
    "\(ThinkingMarker.prefix)\(route).\(value.hexadecimal)"
  }
}

extension UInt64 {
  /// 16 hexadecimal digits.
  var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
