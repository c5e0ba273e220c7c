package import Pipeline

/// A valid event of an Anthropic Messages stream, ready to be written to the client.
package struct MessageEvent: Sendable, Equatable {
  /// The bytes to write: the upstream's own, unless a repair had to change them.
  package var frame: Bytes
  package var kind: Kind
  /// Where `frame` begins in the endpoint's answer; nil when a repair changed it or it is our own.
  package var sourceOffset: Int?

  package init(frame: Bytes, kind: Kind, sourceOffset: Int? = nil) {
    self.frame = frame
    self.kind = kind
    self.sourceOffset = sourceOffset
  }

  package enum Kind: Sendable, Equatable {
    case messageStart
    case blockStart(index: Int, block: BlockKind)
    /// `isEmpty`: its payload is the empty string, which shows a reader nothing.
    case blockDelta(index: Int, isEmpty: Bool = false)
    /// `isComplete` is false when the block's content was cut by the token limit (V19).
    case blockStop(index: Int, isComplete: Bool)
    /// Carries a non-null stop_reason if `stops`.
    case messageDelta(stops: Bool)
    case messageStop
    case ping
    /// Comments, unknown event names: forwarded, never counted as progress.
    case other
  }

  package enum BlockKind: Sendable, Equatable {
    case text, thinking, redactedThinking, toolUse, serverToolUse
    /// Any other type, known or not: passes untouched.
    case other
  }
}
