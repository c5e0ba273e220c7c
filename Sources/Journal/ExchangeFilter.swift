package import Pipeline

/// Which exchanges to list, newest first. What is nil does not matter.
package struct ExchangeFilter: Sendable {
  /// Exchanges at most.
  package var limit = 50
  /// Only those older than this one: the last of the page before, or where the search before stopped.
  package var before: ExchangeID?
  package var session: String?
  /// It served the answer or had an attempt.
  package var endpoint: String?
  package var outcome: ExchangeRecord.Outcome?
  /// As the client named it; `*` and `?` are wildcards.
  package var model: String?
  /// `*` and `?` are wildcards.
  package var path: String?
  /// Arrived at this time or later, milliseconds since 1970.
  package var since: Int64?
  /// Arrived before this time, milliseconds since 1970.
  package var until: Int64?
  /// Only those whose client got a failure.
  package var failedOnly = false
  /// Text that an id, a model, an endpoint, the session, the path or a failure contains, in any case; `page` looks for
  /// it in the bodies too.
  package var query: String?

  package init() {}
}
