package import Pipeline
import Synchronization

/// What is known of earlier answers' reasoning: who signed which thinking block, who refused it, and what an
/// endpoint must get back that the client cannot carry.
///
/// Owned outside the flow, so it survives a reload of the configuration; `snapshot` lets it survive a restart.
/// Bounded: what was used longest ago is forgotten first. A forgotten block goes out like any of unknown
/// origin; should that earn a refusal, it is known again after one retry.
package final class ReasoningMemory: AnswerRemembering, ReasoningReplaying, Sendable {
  package struct Limits: Sendable {
    /// Thinking blocks whose maker is known, some 100 bytes each.
    package var blocks = 50_000
    /// Tool calls, and as many reasoning details.
    package var toolCalls = 20_000
    /// Bytes of remembered tool calls.
    package var toolCallBytes = 16 << 20
    /// Bytes of reasoning details.
    package var detailBytes = 16 << 20

    package init() {}
  }

  /// What is known of one thinking block.
  struct Provenance: Equatable {
    /// Who signed it; nil when it did not pass here, or too long ago.
    var origin: String?
    /// The origins that answered 400 to it.
    var refusedBy: Set<String> = []

    func suits(_ target: String) -> Bool { (origin ?? target) == target && !refusedBy.contains(target) }
  }

  struct State {
    var blocks: RecentEntries<ThinkingFingerprint, Provenance>
    var toolCalls: RecentEntries<String, RememberedToolCall>
    var details: RecentEntries<String, Bytes>
    /// Counts what was learnt.
    var revision = 0

    init(_ limits: Limits) {
      blocks = RecentEntries(countLimit: limits.blocks)
      toolCalls = RecentEntries(countLimit: limits.toolCalls, byteLimit: limits.toolCallBytes)
      details = RecentEntries(countLimit: limits.toolCalls, byteLimit: limits.detailBytes)
    }
  }

  let state: Mutex<State>

  package init(limits: Limits = Limits()) { state = Mutex(State(limits)) }

  /// Grows with everything learnt: nothing new to store while it stays the same.
  package var revision: Int { state.withLock { $0.revision } }

  // MARK: What the client cannot carry

  package func remember(toolCall: RememberedToolCall, as id: String) {
    state.withLock { $0.remember(toolCall, as: id) }
  }

  package func toolCall(_ id: String) -> RememberedToolCall? {
    state.withLock { $0.toolCalls.value(for: id) }
  }

  package func remember(reasoningDetails: Bytes, for signature: String) {
    // A copy: the slice would keep the whole read it came in.
    let details = Bytes(Array(reasoningDetails))
    state.withLock { $0.remember(details, for: signature) }
  }

  package func reasoningDetails(for signature: String) -> Bytes? {
    state.withLock { $0.details.value(for: signature) }
  }

  // MARK: Whose thinking it is

  /// Notes a block of an answer. Who signed it first has signed it: the same blocks are removed on every turn of a
  /// conversation.
  package func remember(_ block: ThinkingFingerprint, from origin: String) {
    state.withLock { state in
      var known = state.blocks.value(for: block) ?? Provenance()
      known.origin = known.origin ?? origin
      state.remember(known, of: block)
    }
  }

  /// Notes that `origin` refused these blocks.
  func remember(_ blocks: [ThinkingFingerprint], refusedBy origin: String) {
    state.withLock { state in
      for block in blocks {
        var known = state.blocks.value(for: block) ?? Provenance()
        known.refusedBy.insert(origin)
        state.remember(known, of: block)
      }
    }
  }

  /// What is known of each of these blocks.
  func provenance(of blocks: [ThinkingFingerprint]) -> [Provenance] {
    state.withLock { state in blocks.map { state.blocks.value(for: $0) ?? Provenance() } }
  }
}

extension ReasoningMemory.State {
  mutating func remember(_ known: ReasoningMemory.Provenance, of block: ThinkingFingerprint) {
    blocks.set(known, for: block)
    revision += 1
  }

  mutating func remember(_ call: RememberedToolCall, as id: String) {
    let bytes = id.utf8.count + call.id.utf8.count + (call.extraContent?.utf8.count ?? 0)
    toolCalls.set(call, for: id, bytes: bytes)
    revision += 1
  }

  mutating func remember(_ reasoningDetails: Bytes, for signature: String) {
    details.set(reasoningDetails, for: signature, bytes: signature.utf8.count + reasoningDetails.count)
    revision += 1
  }
}
