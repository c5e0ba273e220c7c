/// How `select-endpoint` orders the endpoints that may serve a request.
package struct SelectionOptions: Sendable, Equatable {
  package enum Strategy: String, Sendable, CaseIterable {
    case priority
    case roundRobin = "round_robin"
    case weighted
    case leastLatency = "least_latency"
  }

  package var strategy = Strategy.priority
  /// A session stays with the endpoint that served it last, where its prompt cache is warm.
  package var sessionAffinity = true

  package init() {}
}
