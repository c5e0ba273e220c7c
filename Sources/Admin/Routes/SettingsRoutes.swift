import HTTPTypes
import Pipeline
import Settings

/// All other settings, and the failure rules.
struct SettingsRoutes: RouteGroup {
  let backend: any AdminBackend
  let changes: ConfigurationChanges

  var title: String { "settings" }

  var routes: [Route] { [show, change, rules, replaceRules] }

  /// What is read at the start alone. All else takes effect at once.
  private static let readAtStart = [
    "server.host", "server.port", "server.body_limit", "server.header_limit", "server.memory_limit",
    "server.header_timeout", "server.body_timeout", "server.write_timeout", "server.keep_alive_timeout",
    "server.tls", "logging",
  ].map(SettingPath.init(dotted:))

  struct Overview: JSONObject {
    var overview: SettingsOverview
    var configurationPath: String
    var generation: Int
    var restartNeeded: [String]

    static let schemaName = "Settings"
    static let members: [Member<Overview>] = [
      Member("sections", "Section → key → the value in force; durations are texts") { $0.overview.sections },
      Member("defaults", "The same of a file that says nothing") { $0.overview.defaults },
      Member("written", "The paths that are in the file") { $0.overview.written },
      Member("configuration_path") { $0.configurationPath }, Member("generation") { $0.generation },
      Member("restart_needed", "Paths whose new value waits for a restart") { $0.restartNeeded },
    ]
  }

  private var show: Route {
    Route(.get, "/settings", Operation("The settings in force", answer: .json(Overview.schema))) { _ in
      .json(try overview(changes.read().editor))
    }
  }

  private var change: Route {
    Route(
      .patch, "/settings",
      Operation(
        "Changes settings: dotted paths with their values, null for the default",
        body: .object([Schema.Property("changes", .map(of: .any))]), answer: .json(Overview.schema))
    ) { request in
      let wanted = SettingValue(request.body["changes"] ?? .null).map ?? SettingMap()
      let change = try changes.apply(SettingsEdit.changes(wanted))
      return .json(try overview(change.version.editor))
    }
  }

  private func overview(_ editor: SettingsEditor) throws(AdminError) -> Overview {
    do throws(SettingsEditError) {
      let overview = try SettingsOverview(backend.settings, editor)
      let start = try SettingsOverview(backend.startSettings, editor)
      let waiting = Self.readAtStart.flatMap { path -> [SettingPath] in
        let (new, old) = (overview.sections[path: path], start.sections[path: path])
        guard new != old else { return [] }
        guard let keys = new?.map?.keys, path.steps.count == 1 else { return [path] }
        return keys.filter { new?.map?[$0] != old?.map?[$0] }.map { path.key($0) }
      }
      return Overview(
        overview: overview, configurationPath: backend.configurationPath,
        generation: backend.generationNumber,
        restartNeeded: waiting.map(\.description))
    } catch {
      throw AdminError(error)
    }
  }

  // MARK: Failure rules

  static let rulesPath = SettingPath("failover", "rules")

  private struct Rules: JSONObject {
    var rules: SettingValue

    static let schemaName = "FailureRules"
    static let members: [Member<Rules>] = [
      Member("rules", "As in failover.rules of config.yaml, first to last") { $0.rules }
    ]
  }

  private var rules: Route {
    Route(
      .get, "/failure-rules", Operation("What failures mean, as users taught it", answer: .json(Rules.schema))
    ) {
      _ in .json(Rules(rules: try changes.read().editor.shown(at: Self.rulesPath) ?? .list([])))
    }
  }

  private var replaceRules: Route {
    Route(
      .put, "/failure-rules",
      Operation(
        "Replaces the failure rules", body: .object([Schema.Property("rules", .array(of: .anyObject))]),
        answer: .json(Rules.schema))
    ) { request in
      let rules = SettingValue(request.body["rules"] ?? .null)
      let change = try changes.apply([.replace(Self.rulesPath, rules)])
      return .json(Rules(rules: change.version.editor.shown(at: Self.rulesPath) ?? .list([])))
    }
  }
}
