import Pipeline
import Stages

/// What holds for endpoints that say nothing else.
struct EndpointDefaults {
  var timeouts: UpstreamTimeouts
  /// `count_tokens` of the file.
  var countTokens: Value?
  var pythonJSONTools: Set<String> = []

  init(timeouts: UpstreamTimeouts) { self.timeouts = timeouts }
}

/// Reads the list `endpoints`. Endpoints that cannot be understood are reported and left out.
func readEndpoints(_ list: Value?, _ defaults: EndpointDefaults) -> [Endpoint] {
  var endpoints: [Endpoint] = []
  var lines: [String: Int] = [:]
  var forwards = [defaults.countTokens].compactMap(\.self)
  for element in list?.elements() ?? [] {
    let endpoint = element.mapping { map -> Endpoint? in
      guard let endpoint = Endpoint(map, defaults) else { return nil }
      if let line = lines[endpoint.name] {
        map["name"]?.report("\"\(endpoint.name)\" is the name of another endpoint already, see line \(line)")
      }
      lines[endpoint.name] = lines[endpoint.name] ?? map["name"]?.place.line
      if endpoint.dialect == .openAI, let value = map["count_tokens"] { forwards.append(value) }
      return endpoint
    }
    if let endpoint { endpoints.append(endpoint) }
  }
  for value in forwards { checkForward(value, among: endpoints) }
  return endpoints
}

/// `count_tokens` names an endpoint that may stand anywhere in the list.
private func checkForward(_ value: Value, among endpoints: [Endpoint]) {
  guard case .forward(let name) = Endpoint.CountTokens(value) else { return }
  let names = endpoints.filter { $0.dialect == .anthropic }.map(\.name)
  guard !names.contains(name) else { return }
  let near = nearestName(to: name, among: names + [Endpoint.CountTokens.estimateWord])
  value.reportMismatch(
    expected: "estimate or the name of an endpoint with endpoint_type: anthropic",
    suggestion: near.map { "did you mean \"\($0)\"?" })
}

extension Endpoint.CountTokens {
  static let estimateWord = "estimate"

  init(_ value: Value) {
    let text = value.filledText() ?? Self.estimateWord
    self = text == Self.estimateWord ? .estimate : .forward(to: text)
  }

  var text: String {
    switch self {
    case .estimate: Self.estimateWord
    case .forward(let name): name
    }
  }
}
