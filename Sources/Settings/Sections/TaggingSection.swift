package import Stages

extension Settings {
  /// The rules that give requests their tags.
  package struct Tagging: Sendable, Equatable {
    package var isEnabled = true
    /// All rules of one request together.
    package var pipelineTimeout: Duration = .seconds(5)
    /// In the order of the file.
    package var rules: [TagRule] = []

    package init() {}
  }
}

extension Settings.Tagging {
  init(_ map: Mapping) {
    isEnabled = map["enabled"]?.boolean() ?? isEnabled
    pipelineTimeout = map["pipeline_timeout"]?.limit() ?? pipelineTimeout
    rules = (map["taggers"]?.elements() ?? []).compactMap { $0.mapping(TagRule.init) }
  }

  func outline(_ out: inout Outline) {
    out.plain("enabled", isEnabled)
    out.duration("pipeline_timeout", pipelineTimeout)
    out.items("taggers", rules) { rule, out in
      out.text("name", rule.name)
      out.text("tag", rule.tag)
      out.plain("enabled", rule.isEnabled)
      out.plain("priority", rule.priority)
      rule.condition.outline(&out)
    }
  }
}

extension TagRule {
  /// Reads one of `tagging.taggers`.
  init?(_ map: Mapping) {
    let name = map.requiredText("name", expected: "a name for the log")
    let tag = map.requiredText("tag", expected: "the tag to give")
    let isEnabled = map["enabled"]?.boolean() ?? true
    let priority = map["priority"]?.integer() ?? 1
    let condition = TagCondition(map, isEnabled: isEnabled, depth: 0)
    guard let name, let tag, let condition else { return nil }
    self.init(name: name, tag: tag, condition: condition)
    self.isEnabled = isEnabled
    self.priority = priority
  }
}
