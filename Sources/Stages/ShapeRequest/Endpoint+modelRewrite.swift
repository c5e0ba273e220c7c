extension Endpoint.ModelRewrite {
  /// What the implicit rule asks for.
  package static let implicitTarget = "claude-sonnet-4-5"
}

extension Endpoint {
  /// The name this endpoint knows `model` by; nil when it keeps its own.
  ///
  /// The first matching rule wins. Without rules, and only if the configuration says so, a universal endpoint
  /// turns names that are not Claude's into a Sonnet.
  package func rewritten(_ model: String) -> String? {
    let target: String? =
      if modelRewrite.isEnabled, !modelRewrite.rules.isEmpty {
        modelRewrite.rules.first { WildcardPattern($0.sourcePattern).matches(model) }?.targetModel
      } else if modelRewrite.isImplicit, tags.isEmpty, !model.hasPrefix("claude") {
        ModelRewrite.implicitTarget
      } else {
        nil
      }
    return target == model ? nil : target
  }
}
