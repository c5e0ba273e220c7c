/// The signature of thinking that was translated: it tells our blocks from those an Anthropic model signed.
package enum ThinkingMarker {
  /// What every such signature begins with; the route and a digest follow.
  package static let prefix = "px1."

  /// Whether a block with this signature came from our translation.
  package static func isOurs(_ signature: String) -> Bool { signature.hasPrefix(prefix) }
}
