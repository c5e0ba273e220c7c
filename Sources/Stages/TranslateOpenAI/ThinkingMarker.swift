/// Marks the thinking blocks that the proxy made of a provider's reasoning, by their signature.
///
/// A marker is `px1.ROUTE.DIGEST`. Blocks that carry one never go to a genuine Anthropic endpoint
/// (translation.md §8), and are turned back into reasoning for the providers that need it.
package enum ThinkingMarker {
  /// What every marker begins with.
  package static let prefix = "px1."

  /// Whether a signature is one of ours.
  package static func isOurs(_ signature: String) -> Bool { signature.hasPrefix(prefix) }
}
