package import Pipeline

/// Exchanges that fit a filter, newest first, as far as one call looked.
package struct ExchangePage: Sendable {
  package var exchanges: [ExchangeSummary] = []
  /// What `ExchangeFilter.before` has to be to go on; nil when nothing is left.
  package var next: ExchangeID?
  /// Set when a search stopped before its end: all that arrived at this time or later was looked at, in milliseconds
  /// since 1970.
  package var searchedUntil: Int64?

  package init() {}
}
