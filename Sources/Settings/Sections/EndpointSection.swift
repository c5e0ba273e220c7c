import HTTPTypes
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

extension Endpoint {
  private enum Kind: String, CaseIterable {
    case anthropic, openai, demo

    init(_ kind: Provider.Kind) {
      switch kind {
      case .anthropic: self = .anthropic
      case .openai: self = .openai
      }
    }
  }

  init?(_ map: Mapping, _ defaults: EndpointDefaults) {
    let name = map.requiredText("name", expected: "a name for statistics and logs")
    self.init(name: name ?? "", url: "")
    let provider = readProvider(map)
    let kind = Self.readKind(map, provider)
    let script = readDemoScript(map, isDemo: kind == .demo)
    switch kind {
    case .anthropic: dialect = .anthropic
    case .openai: dialect = .openAI
    case .demo: dialect = .demo(script)
    }
    let base = readURL(map, kind, provider)
    credential = Credential(map, url: base, fallback: provider?.authorization, isNeeded: kind != .demo)
    readRouting(map)
    readShaping(map)
    readProfile(map, named: provider, url: base, pythonJSONTools: defaults.pythonJSONTools)
    if dialect == .openAI {
      countTokens = (map["count_tokens"] ?? defaults.countTokens).map(CountTokens.init) ?? countTokens
    }
    timeouts =
      map["timeouts"]?.mapping { UpstreamTimeouts($0, over: defaults.timeouts) } ?? defaults.timeouts
    for key in ["rate_limit_reset", "rate_limit_status"] {
      map.ignore(key, because: "the state of an endpoint is not kept in this file")
    }
    map.ignore("model_alias", because: "use model_rewrite")
    if name == nil { return nil }
  }

  /// The type that is written, else that of the provider.
  private static func readKind(_ map: Mapping, _ provider: Provider?) -> Kind {
    let kind: Kind? = map["endpoint_type"]?.choice()
    guard let provider else { return kind ?? .anthropic }
    let ofProvider = Kind(provider.kind)
    if let kind, kind != ofProvider {
      map["provider"]?.report(
        "\"\(provider.name)\" is a provider for endpoint_type: \(ofProvider.rawValue), not \(kind.rawValue)")
    }
    return kind ?? ofProvider
  }

  private mutating func readRouting(_ map: Mapping) {
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    priority = map["priority"]?.integer() ?? priority
    weight = map["weight"]?.integer(in: 1...1_000_000) ?? weight
    tags = Set(map["tags"]?.texts() ?? [])
    enhancedProtection = map["enhanced_protection"]?.boolean() ?? enhancedProtection
    modelRewrite = map["model_rewrite"]?.mapping(ModelRewrite.init) ?? modelRewrite
    proxy = map["proxy"]?.mapping(UpstreamProxy.init)
  }

  private mutating func readShaping(_ map: Mapping) {
    headerOverrides = readOverrides(map["header_overrides"]) { name, text, value in
      guard HTTPField.Name(name) != nil else {
        value.report("this is not a name a header can have")
        return nil
      }
      guard HTTPField.isValidValue(text) else {
        value.report("the value contains characters a header cannot have")
        return nil
      }
      return text
    }
    parameterOverrides = readOverrides(map["parameter_overrides"]) { _, text, _ in jsonText(text) }
    let field: MaxTokensField? = map["max_tokens_field_name"]?.choice()
    maxTokensFieldName = field?.rawValue
    reorderSystemMessagesFirst =
      map["reorder_system_messages_first"]?.boolean() ?? reorderSystemMessagesFirst
  }

  /// Reads name → value, where an empty value deletes.
  private func readOverrides(
    _ value: Value?, _ check: (String, String, Value) -> String?
  ) -> [Override] {
    value?.mapping { map in
      map.allEntries().compactMap { name, value -> Override? in
        guard !value.isNull else { return Override(name: name, value: nil) }
        guard let text = value.text() else { return nil }
        if text.isEmpty { return Override(name: name, value: nil) }
        return check(name, text, value).map { Override(name: name, value: $0) }
      }
    } ?? []
  }

  private func readDemoScript(_ map: Mapping, isDemo: Bool) -> DemoScript {
    guard let value = map["demo"] else { return DemoScript() }
    if !isDemo { value.report("only an endpoint with endpoint_type: demo can have this") }
    return value.mapping(DemoScript.init) ?? DemoScript()
  }

  /// The base URL, checked; with it the path of an OpenAI-compatible endpoint.
  ///
  /// `path_prefix` is the whole path after the URL, as the predecessor has it. Without it, a URL of a host alone
  /// gets the provider's path, and one with a path of its own is taken for a base or the whole address.
  private mutating func readURL(_ map: Mapping, _ kind: Kind, _ provider: Provider?) -> EndpointURL? {
    let prefix = map["path_prefix"]?.filledText()
    pathPrefix = prefix.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? ""
    if kind == .demo {
      url = map["url"]?.filledText() ?? "demo:"
      return nil
    }
    guard let base = readBaseURL(map, provider) else { return nil }
    guard kind == .openai else {
      url = base.withoutVersion
      warnAboutVersion(map, base)
      return base
    }
    if prefix != nil {
      // The base may end in /v1 when the prefix does not bring it.
      url = pathPrefix.hasPrefix("/v1/") ? base.withoutVersion : base.text
      warnAboutVersion(map, base)
    } else if base.isRoot {
      url = base.withoutVersion
      pathPrefix = Self.provider(named: provider, base).0.fullPath
    } else {
      url = base.text
      if !base.isComplete { pathPrefix = Provider.chatPath }
    }
    return base
  }

  private func readBaseURL(_ map: Mapping, _ provider: Provider?) -> EndpointURL? {
    if map["url"] == nil, let provider, !provider.baseURL.isEmpty, let value = map["provider"] {
      return EndpointURL(provider.baseURL, for: value)
    }
    guard let text = map.requiredText("url", expected: "the base URL, such as https://api.anthropic.com"),
      let value = map["url"]
    else { return nil }
    return EndpointURL(text, for: value)
  }

  private func warnAboutVersion(_ map: Mapping, _ base: EndpointURL) {
    guard url != base.text else { return }
    map["url"]?.warn("the trailing /v1 is left out: the paths of requests start with it")
  }
}

/// The value as the JSON it is, or as a JSON string of itself.
func jsonText(_ text: String) -> String {
  let isJSON: Void? = try? ArraySlice(utf8: text).readJSON { json throws(JSONError) in
    try json.skipValue()
    try json.end()
  }
  return isJSON == nil ? text.jsonQuoted : text
}
