package import Pipeline

/// An attempt that failed before the client had anything of it, as far as a failure rule looks at it.
package struct FailedAttempt: Sendable, Equatable {
  package var exchange: ExchangeID
  package var number: Int
  package var endpoint: String
  /// Of the endpoint's answer; nil when there was none, or an error inside a success.
  package var status: Int?
  package var failureCode: String
  /// One sentence for people.
  package var failureDetail: String?
  /// What was made of it, as in `AttemptRecord`.
  package var decision: String
  /// What the endpoint said of its failure: its answer, or the error inside a success, as it sent it; empty when it
  /// said nothing or that was not kept.
  package var words: [UInt8]
}
