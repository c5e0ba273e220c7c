import CryptoExtras
import Foundation
import Pipeline

/// A password as it may be written down: `scrypt$N$r$p$salt$hash`, salt and hash in base64.
package struct PasswordHash: Sendable, Equatable {
  private static let shortest = 16
  private static let hashLength = 32
  /// 128 MB: what a forged line may cost at most.
  private static let memoryLimit = 128 << 20

  private let rounds: Int
  private let blockSize: Int
  private let parallelism: Int
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// As in `web_admin.password_hash`; nil when it is not of this form, or so weak or costly that it is a mistake.
  package init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
      let parallelism = Int(parts[3]), let salt = Data(base64Encoded: String(parts[4])),
      let hash = Data(base64Encoded: String(parts[5])),
      (1 << 14...1 << 20).contains(rounds), rounds.nonzeroBitCount == 1, (1...32).contains(blockSize),
      (1...4).contains(parallelism), rounds * blockSize * 128 <= Self.memoryLimit,
      (Self.shortest...64).contains(salt.count), hash.count == Self.hashLength
    else { return nil }
    self.rounds = rounds
    self.blockSize = blockSize
    self.parallelism = parallelism
    self.salt = Array(salt)
    self.hash = Array(hash)
  }

  /// Hashes a new password with a salt of its own: 32 MB of memory and some 0.1 s, each time it is tried.
  package init(password: String) throws {
    (rounds, blockSize, parallelism) = (1 << 15, 8, 1)
    salt = (0..<16).map { _ in UInt8.random(in: 0...UInt8.max) }
    hash = try Self.derive(
      password, salt: salt, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
  }

  package var text: String {
    [
      "scrypt", String(rounds), String(blockSize), String(parallelism), Data(salt).base64EncodedString(),
      Data(hash).base64EncodedString(),
    ].joined(separator: "$")
  }

  /// Whether this is the password. Takes as long for a wrong one; not for a thread that others wait for.
  package func matches(_ password: String) -> Bool {
    guard
      let derived = try? Self.derive(
        password, salt: salt, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
    else { return false }
    var difference: UInt8 = 0
    for index in hash.indices { difference |= hash[index] ^ derived[index] }
    return difference == 0
  }

  private static func derive(
    _ password: String, salt: [UInt8], rounds: Int, blockSize: Int, parallelism: Int
  ) throws -> [UInt8] {
    // The same characters are the same password, however the keyboard composes them.
    let key = try KDF.Scrypt.deriveKey(
      from: Data(password.precomposedStringWithCanonicalMapping.utf8), salt: salt,
      outputByteCount: hashLength, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
    return unsafe key.withUnsafeBytes { unsafe Array($0) }
  }
}
