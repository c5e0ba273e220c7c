import HTTPTypes
import Pipeline

/// How an attempt failed before the client noticed.
final class Missed: Sendable {
  let endpoint: String
  let failure: ProxyFailure
  /// The endpoint's own words, if it answered at all.
  let reply: EndpointReply?
  /// What `retry-after` asks for.
  let retryAfter: Duration?
  /// `x-should-retry: false`.
  let forbidsRetry: Bool

  init(
    endpoint: String, failure: ProxyFailure, reply: EndpointReply? = nil, retryAfter: Duration? = nil,
    forbidsRetry: Bool = false
  ) {
    self.endpoint = endpoint
    self.failure = failure
    self.reply = reply
    self.retryAfter = retryAfter
    self.forbidsRetry = forbidsRetry
  }

  /// It serves as many requests as it may.
  static func busy(_ endpoint: String) -> Missed {
    Missed(
      endpoint: endpoint,
      failure: ProxyFailure(
        .overloaded, origin: .proxy, stage: "failover", httpStatus: 529,
        detail: "\(endpoint) serves as many requests as it may (max_concurrent)."))
  }

  /// Set when the request was refused for thinking in its history: only the endpoint's words tell.
  var refusal: ThinkingRefusal? {
    guard failure.failureClass == .request else { return nil }
    return (reply?.body ?? failure.upstreamBody).flatMap { ThinkingRefusal($0) }
  }

  var failureClass: FailureClass { refusal == nil ? failure.failureClass : .refusedThinking }
}

/// A whole answer of an endpoint that is no success: kept until it is clear that nobody does better.
struct EndpointReply {
  var head: UpstreamHead
  var body: Bytes
}

/// The most useful of the failures so far: what the client gets, unmodified, when every endpoint failed.
///
/// A rate limit says when to come back; a server's error says that trying again may help; a refused credential
/// or an unknown model says what to fix. Failures without an HTTP answer come last.
struct BestReply {
  private var best: Missed?
  private var summary: [String] = []

  /// The endpoint's own answer, if the most useful failure came with one.
  var reply: EndpointReply? { best?.reply }

  mutating func consider(_ missed: Missed) {
    let status = missed.failure.httpStatus.map { " (HTTP \($0))" } ?? ""
    summary.append("\(missed.endpoint): \(missed.failure.code.rawValue)\(status)")
    if let best, Self.rank(best.failure.failureClass) > Self.rank(missed.failure.failureClass) { return }
    best = missed
  }

  /// The place of an OpenAI-compatible endpoint that had nothing to say, if none did better: that is an answer too
  /// (translation.md §5.6).
  func emptyHanded(among candidates: [Endpoint]) -> Int? {
    guard let best, best.failure.code == .emptyAnswer else { return nil }
    return candidates.firstIndex { $0.name == best.endpoint && $0.profile != nil }
  }

  /// The failure of the whole exchange; its detail names every attempt.
  var overallFailure: ProxyFailure {
    guard let best else {
      return ProxyFailure(
        .internalFault, origin: .proxy, stage: "failover", retry: .never, httpStatus: 500,
        detail: "No attempt was made.")
    }
    var failure = best.failure
    failure.httpStatus = failure.httpStatus ?? (failure.failureClass == .timeout ? 504 : 502)
    if summary.count > 1 {
      failure.detail += " No endpoint could answer: \(summary.joined(separator: "; "))."
    }
    return failure
  }

  private static func rank(_ failureClass: FailureClass) -> Int {
    switch failureClass {
    case .request, .refusedThinking, .final: 7
    case .rateLimited: 6
    case .overloaded, .errorEvent: 5
    case .serverError: 4
    case .account: 3
    case .notServed: 2
    case .timeout, .brokenAnswer, .notAnAnswer: 1
    case .network, .moved: 0
    }
  }
}
