/// What the tag rules make of a request that nobody serves.
package struct TagTrial: Sendable {
  /// Of one rule that is switched on.
  package struct Outcome: Sendable, Equatable {
    package var rule: String
    package var tag: String
    package var isMatch: Bool
    /// Why its script could not say; then it is no match.
    package var failure: String?
  }

  package var tagged: TaggedRequest
  /// In the order the rules run.
  package var outcomes: [Outcome]
}
