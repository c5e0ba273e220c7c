import Settings
import Testing

/// Files as a crashed editor or a falling cat leaves them: reading them ends with an answer, never with a trap.
@Suite struct DamageTests {
  /// Deterministic, so that a failure can be repeated.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  @Test(arguments: 0..<8)
  func `damaged files are read or refused with a reason`(_ seed: UInt64) {
    var dice = Dice(state: seed)
    let whole = Array(Settings.defaultFileText.replacing("#", with: "").utf8)
    let bits = [
      "&a ", "*a", "<<: ", "${", "}", "[", "{", "\"", "'", "\t", "\n", ": ", "- ", "? ", "!!", "\u{0}", "é",
    ]
    for _ in 0..<60 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &dice) {
        let index = Int.random(in: 0..<bytes.count, using: &dice)
        let end = min(bytes.count, index + Int.random(in: 0...20, using: &dice))
        bytes.replaceSubrange(index..<end, with: Array(bits.randomElement(using: &dice)?.utf8 ?? "".utf8))
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(SettingsError) {
        _ = try load(text)
      } catch {
        #expect(error.diagnostics.contains { $0.severity == .error })
      }
    }
  }

  @Test(arguments: ["[", "{a: ", "- ", "&a [*a, "])
  func `deep nesting is refused`(_ opening: String) {
    for count in [900, 20_000] {
      let text =
        "endpoints: [{name: a, endpoint_type: demo}]\nserver:\n  \(String(repeating: opening, count: count))"
      #expect(throws: SettingsError.self) { try load(text) }
    }
  }
}
