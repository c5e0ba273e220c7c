import HTTPTypes
import Pipeline
import Stages

extension Endpoint {
  enum Kind: String, CaseIterable {
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
    if let concurrent = map["max_concurrent"]?.integer(in: 0...1_000_000) {
      maxConcurrent = concurrent == 0 ? nil : concurrent
    }
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
}

/// The value as the JSON it is, or as a JSON string of itself.
func jsonText(_ text: String) -> String {
  let isJSON: Void? = try? ArraySlice(utf8: text).readJSON { json throws(JSONError) in
    try json.skipValue()
    try json.end()
  }
  return isJSON == nil ? text.jsonQuoted : text
}
