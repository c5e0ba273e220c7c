/// A tagged request with the endpoints that may serve it, best first.
///
/// Shared by all that serve the request, and never changed.
package final class RoutedRequest: Sendable {
  /// An endpoint that will not be asked, and why.
  package struct Skip: Sendable, Equatable {
    package var endpoint: String
    package var reason: Reason

    package init(endpoint: String, reason: Reason) {
      self.endpoint = endpoint
      self.reason = reason
    }
  }

  package enum Reason: Sendable, Equatable {
    case disabled
    /// Benched until this time (milliseconds since 1970), and what for.
    case benched(until: Int64, cause: String)
    /// The tags of the request it lacks.
    case lacksTags([String])
    /// It is reserved for tagged requests.
    case requiresTags([String])
    /// This kind of request cannot be served there.
    case unsupported(String)
  }

  package let tagged: TaggedRequest
  package let candidates: [Endpoint]
  package let skipped: [Skip]

  package init(tagged: TaggedRequest, candidates: [Endpoint], skipped: [Skip]) {
    self.tagged = tagged
    self.candidates = candidates
    self.skipped = skipped
  }
}
