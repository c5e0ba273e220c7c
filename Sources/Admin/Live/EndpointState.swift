package import Stages

/// The state of an endpoint in the API's words.
package struct EndpointState: Sendable, Equatable {
  package static let names = ["available", "returning", "benched", "disabled"]

  package var name: String
  /// Milliseconds since 1970.
  package var until: Int64?
  package var cause: String?

  package init(_ endpoint: Endpoint, _ health: EndpointHealth) {
    guard endpoint.isEnabled else {
      name = "disabled"
      return
    }
    switch health.status(of: endpoint.name) {
    case .available: name = "available"
    case .returning: name = "returning"
    case .benched(let end, let why): (name, until, cause) = ("benched", end, why)
    }
  }
}
