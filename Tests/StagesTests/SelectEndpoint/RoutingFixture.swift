import HTTPTypes
import Pipeline
import ProxyTesting
import Stages

/// Endpoints and requests as the routing tests write them down.
struct RoutingFixture {
  let time = ManualTime()
  let health: EndpointHealth

  init() { health = EndpointHealth(time: time) }

  static func endpoint(
    _ name: String, tags: Set<String> = [], priority: Int = 1, weight: Int = 1, isEnabled: Bool = true,
    dialect: Endpoint.Dialect = .anthropic
  ) -> Endpoint {
    var endpoint = Endpoint(name: name, url: "https://\(name).example")
    endpoint.tags = tags
    endpoint.priority = priority
    endpoint.weight = weight
    endpoint.isEnabled = isEnabled
    endpoint.dialect = dialect
    return endpoint
  }

  static func request(
    tags: Set<String> = [], session: String? = nil, kind: RequestFacts.Kind = .messages,
    method: HTTPRequest.Method = .post, path: String = "/v1/messages"
  ) -> TaggedRequest {
    var facts = RequestFacts()
    facts.kind = kind
    facts.sessionID = session
    return TaggedRequest(request: ClientRequest(method: method, path: path), facts: facts, tags: tags)
  }

  func step(
    _ endpoints: [Endpoint], _ strategy: SelectionOptions.Strategy = .priority, affinity: Bool = true
  ) -> SelectEndpoint {
    var options = SelectionOptions()
    options.strategy = strategy
    options.sessionAffinity = affinity
    return SelectEndpoint(endpoints: endpoints, options: options, health: health)
  }

  func exchange(_ tagged: TaggedRequest) -> Exchange {
    Exchange(
      id: ExchangeID(text: "x"), request: tagged.request, client: SilentClient(), log: SilentLog(), time: time
    )
  }

  func route(_ step: SelectEndpoint, _ tagged: TaggedRequest = request()) -> RoutedRequest {
    step.run(tagged, in: exchange(tagged))
  }

  func names(_ step: SelectEndpoint, _ tagged: TaggedRequest = request()) -> [String] {
    route(step, tagged).candidates.map(\.name)
  }

  /// Two failed requests: what benches an endpoint.
  func fail(_ endpoint: String) {
    health.recordFailure(endpoint, code: .connectFailed)
    health.recordFailure(endpoint, code: .connectFailed)
  }

  private struct SilentClient: ClientWriter {
    func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {}
    func send(_ bytes: [Bytes]) async throws(ProxyFailure) {}
    func finish() async throws(ProxyFailure) {}
    func abort() {}
  }

  private struct SilentLog: ExchangeLog {
    func begin(_ exchange: ExchangeRecord) {}
    func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? { nil }
    func end(_ attempt: AttemptRecord) {}
    func end(_ exchange: ExchangeRecord) {}
  }
}
