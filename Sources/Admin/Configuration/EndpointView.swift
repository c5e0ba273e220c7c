import Journal
import Pipeline
import Settings
import Stages

/// An endpoint: what its configuration says, and how it does.
struct EndpointView: JSONObject {
  var endpoint: Endpoint
  /// The keys as they are written, secrets masked.
  var config: SettingValue
  var condition: Condition
  var quotaLeft: Double?
  var inFlight: Int
  var reliability: EndpointReliability

  init(
    _ endpoint: Endpoint, _ editor: SettingsEditor, _ backend: any AdminBackend,
    _ reliability: EndpointReliability
  ) {
    self.endpoint = endpoint
    self.reliability = reliability
    config = editor.shown(at: .endpoint(endpoint.name)) ?? .map([:])
    condition = Condition(endpoint, backend.health)
    let headroom = backend.health.headroom(of: endpoint.name)
    quotaLeft = headroom < 1 ? headroom : nil
    inFlight = backend.inFlight.count { $0.recordSoFar.endpoint == endpoint.name }
  }

  /// Its state, and what led to it.
  struct Condition: JSONObject {
    var state: EndpointState
    var requests: [String]
    var snapshot: EndpointHealth.Snapshot?

    init(_ endpoint: Endpoint, _ health: EndpointHealth) {
      state = EndpointState(endpoint, health)
      snapshot = health.snapshots()[endpoint.name]
      requests = health.culprits(of: endpoint.name)
    }

    static let schemaName = "EndpointHealth"
    static let members: [Member<Condition>] = [
      Member("state", oneOf: EndpointState.names) { $0.state.name },
      Member("until", "Milliseconds since 1970") { $0.state.until }, Member("cause") { $0.state.cause },
      Member("requests", "Ids of those that caused it") { $0.requests },
      Member("window_requests") { $0.snapshot?.requests ?? 0 },
      Member("window_failures") { $0.snapshot?.failures ?? 0 },
      Member("last_failure") { $0.snapshot?.lastFailure?.rawValue },
      Member("first_content_ms") { $0.snapshot?.timeToFirstToken?.milliseconds },
    ]
  }

  struct Profile: JSONObject {
    var name: String
    var origin: String

    static let schemaName = "ChosenProfile"
    static let members: [Member<Profile>] = [Member("name") { $0.name }, Member("origin") { $0.origin }]
  }

  private var profile: Profile? {
    guard let profile = endpoint.profile, let origin = endpoint.profileOrigin else { return nil }
    let why =
      switch origin {
      case .named: "named"
      case .guessed(let evidence): evidence
      case .fallback: "fallback"
      }
    return Profile(name: profile.name, origin: why)
  }

  private var kind: String {
    switch endpoint.dialect {
    case .anthropic: "anthropic"
    case .openAI: "openai"
    case .demo: "demo"
    }
  }

  static let schemaName = "Endpoint"
  static let members: [Member<EndpointView>] = [
    Member("name") { $0.endpoint.name },
    Member("config", "The keys as in config.yaml; secrets as {\"secret\": …}") { $0.config },
    Member("type", oneOf: ["anthropic", "openai", "demo"]) { $0.kind }, Member("url") { $0.endpoint.url },
    Member("enabled") { $0.endpoint.isEnabled }, Member("priority") { $0.endpoint.priority },
    Member("tags") { $0.endpoint.tags.sorted() }, Member("profile") { $0.profile },
    Member("health") { $0.condition },
    Member("quota_left", "0…1; null when it never said, or all of it is left") { $0.quotaLeft },
    Member("in_flight") { $0.inFlight }, Member("reliability", "Of the last 24 hours") { $0.reliability },
  ]
}
