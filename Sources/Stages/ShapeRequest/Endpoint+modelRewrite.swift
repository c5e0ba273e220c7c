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
        rewriteRule(for: model)?.targetModel
      } else if modelRewrite.isImplicit, tags.isEmpty, !model.hasPrefix("claude") {
        ModelRewrite.implicitTarget
      } else {
        nil
      }
    return target == model ? nil : target
  }

  /// The first rule that matches `model`; nil when none does, or rules are switched off.
  package func rewriteRule(for model: String) -> ModelRewrite.Rule? {
    guard modelRewrite.isEnabled else { return nil }
    return modelRewrite.rules.first { WildcardPattern($0.sourcePattern).matches(model) }
  }
}
