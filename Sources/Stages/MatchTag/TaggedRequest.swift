package import Pipeline

/// A request with what is known of it and the tags its rules gave it.
///
/// Shared by all that serve the request, and never changed.
package final class TaggedRequest: Sendable {
  package let request: ClientRequest
  package let facts: RequestFacts
  package let tags: Set<String>

  package init(request: ClientRequest, facts: RequestFacts, tags: Set<String> = []) {
    self.request = request
    self.facts = facts
    self.tags = tags
  }

  /// For `message_start`, before an endpoint has counted. Reads the whole body each time.
  package var estimatedInputTokens: Int { TokenEstimate(of: request.body).inputTokens }
}
