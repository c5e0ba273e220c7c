import HTTPTypes
import Pipeline

/// A whole answer of an endpoint that is no success: kept until it is clear that nobody does better.
struct EndpointReply: Sendable {
  var head: UpstreamHead
  var body: Bytes
  var endpoint: String
  var attempt: Int
}

/// The most useful of the failures so far: what the client gets, unmodified, when every endpoint failed.
///
/// A rate limit says when to come back; a server's error says that trying again may help; a refused credential
/// or an unknown model says what to fix. Failures without an HTTP answer come last.
struct BestReply {
  private(set) var reply: EndpointReply?
  private(set) var failure: ProxyFailure?
  private var rank = -1
  private var summary: [String] = []

  mutating func consider(_ failure: ProxyFailure, reply: EndpointReply?, endpoint: String) {
    summary.append("\(endpoint): \(failure.code.rawValue)\(failure.httpStatus.map { " (HTTP \($0))" } ?? "")")
    let rank = Self.rank(of: failure.failureClass)
    guard rank >= self.rank else { return }
    self.rank = rank
    self.reply = reply
    self.failure = failure
  }

  private static func rank(of failureClass: FailureClass) -> Int {
    switch failureClass {
    case .request, .final: 7
    case .rateLimited: 6
    case .overloaded, .errorEvent: 5
    case .serverError: 4
    case .account: 3
    case .notServed: 2
    case .timeout, .brokenAnswer, .notAnAnswer: 1
    case .network: 0
    }
  }

  /// The failure to report when no endpoint gave an HTTP answer worth forwarding.
  func overallFailure(retryOf last: ProxyFailure) -> ProxyFailure {
    var overall = failure ?? last
    overall.httpStatus = overall.httpStatus ?? (overall.failureClass == .timeout ? 504 : 502)
    overall.detail = "No endpoint could answer. \(summary.joined(separator: "; ")). Last: \(overall.detail)"
    return overall
  }
}
