import HTTPTypes
import Pipeline
import Settings
import Stages

/// The rules that give requests their tags: looked at, changed, ordered.
struct TagRuleRoutes: RouteGroup {
  let backend: any AdminBackend
  let changes: ConfigurationChanges

  var title: String { "tag rules" }

  var routes: [Route] { [list, add, replace, remove, toggle, order] }

  static let path = SettingPath("tagging", "taggers")

  /// A rule: what its configuration says, and how often it matched.
  struct RuleView: JSONObject {
    var rule: TagRule
    var config: SettingValue
    /// Nil while it is switched off.
    var counts: RuleCounts?

    static let schemaName = "TagRule"
    static let members: [Member<RuleView>] = [
      Member("name") { $0.rule.name }, Member("tag") { $0.rule.tag }, Member("enabled") { $0.rule.isEnabled },
      Member("priority") { $0.rule.priority },
      Member("config", "The keys as in config.yaml") { $0.config },
      Member("runs", "Since the configuration was loaded") { view in
        view.counts.map { $0.matches + $0.misses + $0.failures } ?? 0
      },
      Member("matches") { $0.counts?.matches ?? 0 }, Member("failures") { $0.counts?.failures ?? 0 },
      Member("last_failure") { $0.counts?.lastFailure },
    ]
  }

  struct List: JSONObject {
    var isEnabled: Bool
    var rules: [RuleView]

    static let schemaName = "TagRules"
    static let members: [Member<List>] = [
      Member("enabled", "Whether rules run at all") { $0.isEnabled },
      Member("rules", "In the order they run") { $0.rules },
    ]
  }

  private var list: Route {
    Route(.get, "/tag-rules", Operation("All tag rules", answer: .json(List.schema))) { _ in
      .json(all(try changes.read().editor))
    }
  }

  private var add: Route {
    Route(
      .post, "/tag-rules",
      Operation(
        "Adds a tag rule", body: Schema.config, answer: .json(RuleView.schema, status: 201),
        errors: [.conflict])
    ) { request in
      let config = SettingValue(request.body["config"] ?? .null)
      let change = try changes.apply([.insert(Self.path, config, at: nil)])
      return .json(try view(config.map?["name"]?.text ?? "", change.version.editor), status: 201)
    }
  }

  private var replace: Route {
    Route(
      .put, "/tag-rules/{name}",
      Operation(
        "Changes a tag rule: the keys it is to have", body: Schema.config, answer: .json(RuleView.schema),
        errors: [.conflict])
    ) { request in
      let name = try known(request)
      let config = SettingValue(request.body["config"] ?? .null)
      let change = try changes.apply([.replace(Self.path.named(name), config)])
      return .json(try view(config.map?["name"]?.text ?? name, change.version.editor))
    }
  }

  private var remove: Route {
    Route(.delete, "/tag-rules/{name}", Operation("Removes a tag rule", answer: .empty)) { request in
      try changes.apply([.remove(Self.path.named(known(request)))])
      return .empty
    }
  }

  private var toggle: Route {
    Route(
      .post, "/tag-rules/{name}/toggle",
      Operation("Switches a tag rule on or off", body: Schema.switched, answer: .json(RuleView.schema))
    ) { request in
      let name = try known(request)
      let isEnabled = request.body["enabled"]?.bool ?? true
      let change = try changes.apply([.replace(Self.path.named(name).key("enabled"), .bool(isEnabled))])
      return .json(try view(name, change.version.editor))
    }
  }

  private var order: Route {
    Route(
      .put, "/tag-rules/order",
      Operation(
        "Orders the tag rules: their priorities become 1, 2, 3, …", body: Schema.names,
        answer: .json(List.schema))
    ) { request in
      .json(all(try changes.apply([.prioritise(Self.path, request.names)]).version.editor))
    }
  }

  private func known(_ request: AdminRequest) throws(AdminError) -> String {
    try backend.settings.tagRule(named: request.path("name")).name
  }

  private func all(_ editor: SettingsEditor) -> List {
    let settings = backend.settings
    let rules = settings.tagging.rules.sorted { $0.priority < $1.priority }
    return List(isEnabled: settings.tagging.isEnabled, rules: rules.map { view(of: $0, editor) })
  }

  private func view(_ name: String, _ editor: SettingsEditor) throws(AdminError) -> RuleView {
    view(of: try backend.settings.tagRule(named: name), editor)
  }

  private func view(of rule: TagRule, _ editor: SettingsEditor) -> RuleView {
    RuleView(
      rule: rule, config: editor.shown(at: Self.path.named(rule.name)) ?? .map([:]),
      counts: backend.ruleCounts.first { $0.rule == rule.name })
  }
}

extension Settings {
  func tagRule(named name: String) throws(AdminError) -> TagRule {
    guard let rule = tagging.rules.first(where: { $0.name == name }) else {
      throw AdminError(.notFound, "There is no tag rule \(name.jsonQuoted).")
    }
    return rule
  }
}
