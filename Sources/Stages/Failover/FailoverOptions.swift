package import Pipeline

/// When an answer is committed to, and how failures before that are retried.
package struct FailoverOptions: Sendable, Equatable {
  /// What has to be there before the client sees the first byte.
  package enum Commit: String, Sendable, CaseIterable {
    /// The first valid content event.
    case firstContent = "first_content"
    /// The whole valid answer.
    case complete
  }

  /// What becomes of text that is cut after the client has seen some of it.
  package enum Resume: String, Sendable, CaseIterable {
    /// The connection is dropped, and the client asks again.
    case off
    /// Another endpoint is asked to go on with it, within the same message.
    case text
  }

  /// No pause between two tries at one endpoint is longer; who asks for more is left to the next endpoint.
  static let longestPause: Duration = .seconds(5)

  package var commit = Commit.firstContent
  /// Thinking does not count as content: it is held until text or a tool follows.
  package var holdThinking = false
  package var resume = Resume.off
  /// Silence towards the client after which it gets a ping (once an endpoint has answered 200).
  package var pingInterval: Duration = .seconds(15)
  /// Tries at one endpoint for failures of the network, 5xx and broken streams.
  package var triesPerEndpoint = 2
  /// The pause before the second try at one endpoint; doubled for each further one, and never twice the same.
  package var backOff: Duration = .milliseconds(250)
  /// Without content for so long, the next endpoint is asked too, and the first to have some serves; nil: never.
  package var hedgeAfter: Duration?
  /// So long after a request arrived no attempt is started any more; nil: no limit but the tries.
  package var budget: Duration?
  /// What users taught, tried in order before the table; the first that holds decides.
  package var rules: [FailureRule] = []
  /// The predecessor's rule: any 4xx goes to the next endpoint. Off: 400, 413 and 422 go to the client.
  package var switchOnClientErrors = false
  /// An endpoint is benched when all of more than one request in this window failed.
  package var benchWindow: Duration = .seconds(140)
  /// How long a benched endpoint rests when it did not say so itself with `retry-after`.
  package var benchTime: Duration = .seconds(60)
  /// For so long after its return an endpoint takes a growing part of the requests; zero: all at once.
  package var slowStart: Duration = .zero
  /// So many answers in a row bring a benched endpoint back.
  package var recoveryThreshold = 1
  /// The longest `retry-after` that is believed and passed on.
  package var maximumRetryAfter: Duration = .seconds(60)

  /// The line before endpoints that serve only so many requests at once.
  package var line = Slots.Limits()

  package init() {}
}
