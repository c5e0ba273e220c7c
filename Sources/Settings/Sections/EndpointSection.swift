import HTTPTypes
import Pipeline
import Stages

/// Reads the list `endpoints`. Endpoints that cannot be understood are reported and left out.
func readEndpoints(_ list: Value?, timeouts: UpstreamTimeouts) -> [Endpoint] {
  var endpoints: [Endpoint] = []
  var lines: [String: Int] = [:]
  for element in list?.elements() ?? [] {
    let endpoint = element.mapping { map -> Endpoint? in
      guard let endpoint = Endpoint(map, timeouts: timeouts) else { return nil }
      if let line = lines[endpoint.name] {
        map["name"]?.report("\"\(endpoint.name)\" is the name of another endpoint already, see line \(line)")
      }
      lines[endpoint.name] = lines[endpoint.name] ?? map["name"]?.place.line
      return endpoint
    }
    if let endpoint { endpoints.append(endpoint) }
  }
  return endpoints
}

extension Endpoint {
  private enum Kind: String, CaseIterable { case anthropic, openai, demo }

  private enum MaxTokensField: String, CaseIterable {
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
    case maxOutputTokens = "max_output_tokens"
  }

  /// - Parameter timeouts: the limits of all endpoints, where this one has no own.
  init?(_ map: Mapping, timeouts: UpstreamTimeouts) {
    let name = map.requiredText("name", expected: "a name for statistics and logs")
    self.init(name: name ?? "", url: "")
    let kind: Kind = map["endpoint_type"]?.choice() ?? .anthropic
    let script = readDemoScript(map, isDemo: kind == .demo)
    switch kind {
    case .anthropic: dialect = .anthropic
    case .openai: dialect = .openAI
    case .demo: dialect = .demo(script)
    }
    let base = readURL(map, kind)
    credential = Credential(map, url: base, isNeeded: kind != .demo)
    readRouting(map)
    readShaping(map)
    self.timeouts = map["timeouts"]?.mapping { UpstreamTimeouts($0, over: timeouts) } ?? timeouts
    for key in ["rate_limit_reset", "rate_limit_status"] {
      map.ignore(key, because: "the state of an endpoint is not kept in this file")
    }
    map.ignore("model_alias", because: "use model_rewrite")
    if name == nil { return nil }
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

  /// The value as the JSON it is, or as a JSON string of itself.
  private func jsonText(_ text: String) -> String {
    let isJSON: Void? = try? ArraySlice(utf8: text).readJSON { json throws(JSONError) in
      try json.skipValue()
      try json.end()
    }
    return isJSON == nil ? text.jsonQuoted : text
  }

  private func readDemoScript(_ map: Mapping, isDemo: Bool) -> DemoScript {
    guard let value = map["demo"] else { return DemoScript() }
    if !isDemo { value.report("only an endpoint with endpoint_type: demo can have this") }
    return value.mapping(DemoScript.init) ?? DemoScript()
  }

  /// The base URL, checked; with it the path of an OpenAI-compatible endpoint.
  private mutating func readURL(_ map: Mapping, _ kind: Kind) -> EndpointURL? {
    let prefix = map["path_prefix"]?.filledText()
    pathPrefix = prefix.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? ""
    if kind == .demo {
      url = map["url"]?.filledText() ?? "demo:"
      return nil
    }
    guard let text = map.requiredText("url", expected: "the base URL, such as https://api.anthropic.com"),
      let value = map["url"], let base = EndpointURL(text, for: value)
    else { return nil }
    // An OpenAI-compatible base may end in /v1 when the prefix does not bring it.
    let keepsVersion = kind == .openai && prefix != nil && !pathPrefix.hasPrefix("/v1/")
    url = keepsVersion ? base.text : base.withoutVersion
    if url != base.text {
      value.warn("the trailing /v1 is left out: the paths of requests start with it")
    }
    if kind == .openai, prefix == nil, base.isRoot {
      pathPrefix = "/v1/chat/completions"
    }
    return base
  }
}
