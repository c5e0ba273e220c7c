import Synchronization

/// How often a tag rule matched, since its configuration was loaded.
package struct RuleCounts: Sendable, Equatable {
  package var rule: String
  package var tag: String
  package var matches = 0
  package var misses = 0
  /// Its script failed, which counts as no match but not as a miss.
  package var failures = 0
  /// What the last failure said.
  package var lastFailure: String?

  init(rule: String, tag: String) {
    self.rule = rule
    self.tag = tag
  }
}

/// Counts for one rule from any thread.
final class RuleTally: Sendable {
  private let state: Mutex<RuleCounts>

  init(_ rule: TagRule) { state = Mutex(RuleCounts(rule: rule.name, tag: rule.tag)) }

  var counts: RuleCounts { state.withLock { $0 } }

  func count(isMatch: Bool) {
    state.withLock { if isMatch { $0.matches += 1 } else { $0.misses += 1 } }
  }

  func count(_ failure: ScriptFailure) {
    state.withLock {
      $0.failures += 1
      $0.lastFailure = failure.description
    }
  }
}
