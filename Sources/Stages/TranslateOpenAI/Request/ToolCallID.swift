/// The id by which an endpoint knows a tool call, from the one the client knows it by.
struct ToolCallID {
  /// Before the provider's own id in the ids that answers give the client.
  static let clientPrefix = "toolu_px_"
  /// Providers with less room than this want exactly so many letters and digits (Mistral: 9).
  private static let shortest = 16

  let profile: ProviderProfile
  let memory: any ReasoningReplaying

  /// The endpoint's own id where it is known or can be read off, else `id` if it is fit, else a hash of it.
  ///
  /// - Returns: also what the endpoint wants to see again with the call (Q31).
  func forProvider(_ id: String) -> (id: String, extraContent: String?) {
    let known = memory.toolCall(id)
    // An id that only memory knows may have any characters: the endpoint made it.
    if let known, known.id.utf8.count <= profile.toolIDLength, isLong || isFit(known.id) {
      return (known.id, known.extraContent)
    }
    let own = id.hasPrefix(Self.clientPrefix) ? String(id.dropFirst(Self.clientPrefix.count)) : id
    let hash = StableHash(id.utf8).hexadecimal.prefix(max(1, profile.toolIDLength))
    return (isFit(own) ? own : String(hash), known?.extraContent)
  }

  private var isLong: Bool { profile.toolIDLength >= Self.shortest }

  private func isFit(_ id: String) -> Bool {
    isLong
      ? (1...profile.toolIDLength).contains(id.utf8.count) && id.utf8.allSatisfy(ToolName.isPlain)
      : id.utf8.count == profile.toolIDLength && id.utf8.allSatisfy(ToolName.isAlphanumeric)
  }
}
