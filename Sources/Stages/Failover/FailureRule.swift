import Pipeline

/// What a user knows about an endpoint's failures that no table can: providers say "overloaded" or "model gone" with
/// a 400, and a new way of saying it must not need a new release.
///
/// A rule holds when all its conditions do; one without any holds for every failure before the commit.
package struct FailureRule: Sendable, Equatable {
  package enum Action: Sendable, Equatable {
    /// The same endpoint again, while its tries last.
    case retry
    /// The next endpoint.
    case switchEndpoint
    /// The next endpoint, and this one rests.
    case bench(Duration)
    /// The answer goes to the client as it is.
    case passThrough
  }

  /// HTTP status of the endpoint's answer.
  package var statuses: [ClosedRange<Int>] = []
  /// `error.type` of its body, with wildcards.
  package var errorType: String?
  /// A regular expression, looked for in the endpoint's words, or in the failure's description when it said none.
  package var body: String?
  /// The name of the endpoint, with wildcards.
  package var endpoint: String?
  package var action: Action

  package init(action: Action) { self.action = action }

  /// Whether `pattern` is a regular expression.
  package static func isExpression(_ pattern: String) -> Bool { (try? Regex(pattern)) != nil }

  func holds(for missed: Missed) -> Bool {
    if !statuses.isEmpty {
      guard let status = missed.reply?.head.status ?? missed.failure.httpStatus,
        statuses.contains(where: { $0.contains(status) })
      else { return false }
    }
    if let endpoint, !WildcardPattern(endpoint).matches(missed.endpoint) { return false }
    let words = missed.words
    if let errorType {
      let type = (try? JSONFields(words))?.object("error")?.string("type")
      guard let type, WildcardPattern(errorType).matches(type) else { return false }
    }
    guard let body else { return true }
    // Compiled where it is needed: failures are rare, and a compiled expression is not Sendable.
    guard let expression = try? Regex(body) else { return false }
    let text = words.isEmpty ? missed.failure.detail : words.prefix(64 * 1024).text
    return text.firstMatch(of: expression) != nil
  }
}

extension Missed {
  /// What the endpoint said, in its own error or inside a 200.
  fileprivate var words: Bytes { reply?.body ?? failure.upstreamBody ?? [] }
}
