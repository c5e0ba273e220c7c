/// Stands for one thinking block: a hash of what its maker signed it with.
///
/// The same on every machine and in every run, so it may be kept in a file. Of a hundred thousand blocks two
/// share one with a probability below 10⁻⁹; all that costs is a block of history.
package struct ThinkingFingerprint: RawRepresentable, Hashable, Sendable {
  /// What the text is that a block is known by.
  package enum Mark: UInt8, Sendable {
    /// The `signature` of a thinking block.
    case signature
    /// The `data` of a redacted one.
    case redactedData
    /// The thinking itself, of a block without a signature.
    case text
  }

  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// - Parameter text: decoded, without JSON's escapes: clients write the same text in other spellings.
  package init(_ mark: Mark, _ text: String) {
    // FNV-1a.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    hash = (hash ^ UInt64(mark.rawValue)) &* 0x100_0000_01B3
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    rawValue = hash
  }
}
