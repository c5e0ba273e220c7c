import Crypto
import Foundation

/// 256 bits from the system's generator that nobody can guess, as 64 hexadecimal digits.
package func randomToken() -> String {
  hexadecimal((0..<32).map { _ in UInt8.random(in: 0...UInt8.max) })
}

/// Compares in a time that does not depend on where the texts differ.
func equalInConstantTime(_ left: String, _ right: String) -> Bool {
  // Of equal length whatever the texts are.
  let (left, right) = (digest(left), digest(right))
  var difference: UInt8 = 0
  for index in left.indices { difference |= left[index] ^ right[index] }
  return difference == 0
}

/// The SHA-256 of a text.
func digest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
