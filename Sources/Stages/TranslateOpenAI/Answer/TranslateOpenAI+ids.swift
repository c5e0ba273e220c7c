import Pipeline

extension TranslateOpenAI {
  private static let idLength = 56

  /// The id by which the client will know a call (Q6): the provider's own behind a prefix, or a minted one.
  mutating func clientID(of place: Int) -> String {
    if let id = calls[place].id, Self.isUsable(id) {
      let known = ToolCallID.clientPrefix + id
      if !isTaken(known) { return known }
    }
    findings.repaired(.unusableID)
    var number = place
    while true {
      let minted = ToolCallID.clientPrefix + seed(number).hexadecimal
      if !isTaken(minted) { return minted }
      number += Self.callLimit
    }
  }

  private func isTaken(_ id: String) -> Bool { calls.contains { $0.clientID == id } }

  private static func isUsable(_ id: String) -> Bool {
    (1...idLength).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
          || byte | 0x20 >= UInt8(ascii: "a")
            && byte | 0x20 <= UInt8(ascii: "z")
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
  }

  /// Not random, so that the same bytes give the same answer; unlike in any other attempt.
  private func seed(_ number: Int) -> UInt64 {
    var digest = ReasoningDigest()
    digest.add(Bytes(utf8: "\(attemptID) \(number)"))
    return digest.value
  }

  var attemptID: String {
    findings.attempt.map { "\($0.exchange.id)\($0.number)" } ?? "companion"
  }

  /// Keeps what the client's id or block does not say of a call.
  func remember(_ place: Int) {
    let call = calls[place]
    let minted = String(call.clientID.dropFirst(ToolCallID.clientPrefix.count))
    guard call.id != minted || call.extra != nil else { return }
    memory?.remember(
      toolCall: RememberedToolCall(id: call.id ?? minted, extraContent: call.extra), as: call.clientID)
  }
}
