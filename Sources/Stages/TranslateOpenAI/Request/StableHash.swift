import Pipeline

/// A hash that is the same in every process, for names that must never change: FNV-1a, 128 bits.
///
/// Good against chance, not against somebody who looks for a collision.
struct StableHash {
  private var value: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
  }

  /// 32 hexadecimal digits, the first ones as good as the last.
  var hexadecimal: String {
    // FNV leaves the last bytes out of the first digits; short hashes are made of those.
    let mixed = (value ^ (value >> 64)) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
    let digits = String(mixed, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
