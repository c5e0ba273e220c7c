package import Pipeline

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

  /// What a rule looks at.
  package struct Facts: Sendable {
    package var endpoint: String
    package var status: Int?
    /// What the endpoint said, in its own error or inside a 200.
    package var words: Bytes
    /// The failure's description.
    package var detail: String

    /// - Parameter status: nil when there was none; for an error inside a success that of the error's type is taken.
    package init(endpoint: String, status: Int?, words: Bytes, detail: String) {
      self.endpoint = endpoint
      self.status = status ?? (words.isEmpty ? nil : UpstreamError(words).httpStatus)
      self.words = words
      self.detail = detail
    }

    init(_ missed: Missed) {
      endpoint = missed.endpoint
      status = missed.reply?.head.status ?? missed.failure.httpStatus
      words = missed.words
      detail = missed.failure.detail
    }
  }

  func holds(for missed: Missed) -> Bool { holds(for: Facts(missed)) }

  /// Whether it would hold for such a failure.
  package func holds(for facts: Facts) -> Bool {
    if !statuses.isEmpty {
      guard let status = facts.status, statuses.contains(where: { $0.contains(status) }) else { return false }
    }
    if let endpoint, !WildcardPattern(endpoint).matches(facts.endpoint) { return false }
    let words = facts.words
    if let errorType {
      let type = (try? JSONFields(words))?.object("error")?.string("type")
      guard let type, WildcardPattern(errorType).matches(type) else { return false }
    }
    guard let body else { return true }
    // Compiled where it is needed: failures are rare, and a compiled expression is not Sendable.
    guard let expression = try? Regex(body) else { return false }
    let text = words.isEmpty ? facts.detail : words.prefix(64 * 1024).text
    return text.firstMatch(of: expression) != nil
  }
}

extension Missed {
  /// What the endpoint said, in its own error or inside a 200.
  fileprivate var words: Bytes { reply?.body ?? failure.upstreamBody ?? [] }
}
