import HTTPTypes
import Journal
import Pipeline
import Settings
import Stages

/// What a newcomer would look at first when something does not work.
struct SelfCheckRoutes: RouteGroup {
  let backend: any AdminBackend

  var title: String { "help" }

  var routes: [Route] { [check] }

  private struct Check: JSONObject {
    var name: String
    var isOK: Bool
    var detail: String

    static let schemaName = "SelfCheck"
    static let members: [Member<Check>] = [
      Member("name") { $0.name }, Member("ok") { $0.isOK }, Member("detail") { $0.detail },
    ]
  }

  private struct Checks: JSONObject {
    var checks: [Check]

    static let schemaName = "SelfChecks"
    static let members: [Member<Checks>] = [Member("checks") { $0.checks }]
  }

  private var check: Route {
    Route(.get, "/self-check", Operation("Whether all is as it should be", answer: .json(Checks.schema))) {
      _ in
      .json(Checks(checks: [configuration, endpoints, journal, access]))
    }
  }

  private var configuration: Check {
    do throws(SettingsEditError) {
      let loaded = try backend.configuration.trial([])
      let notices = loaded.notices.map(\.description)
      return Check(
        name: "configuration", isOK: true,
        detail: notices.isEmpty ? backend.configurationPath : notices.joined(separator: "\n"))
    } catch {
      return Check(name: "configuration", isOK: false, detail: "\(error)")
    }
  }

  private var endpoints: Check {
    let enabled = backend.settings.endpoints.filter(\.isEnabled)
    let able = enabled.filter { backend.health.status(of: $0.name) == .available }
    let resting = enabled.filter { endpoint in !able.contains { $0.name == endpoint.name } }.map(\.name)
    let rest = resting.isEmpty ? "" : "; at rest: \(resting.joined(separator: ", "))"
    return Check(
      name: "endpoints", isOK: !able.isEmpty, detail: "\(able.count) of \(enabled.count) can serve\(rest)")
  }

  private var journal: Check {
    let status = backend.journalStatus
    return Check(
      name: "journal", isOK: status.isFine, detail: status.message ?? backend.startSettings.logging.directory)
  }

  private var access: Check {
    let settings = backend.settings
    let isOpen = settings.webAdmin.passwordHash == nil
    return Check(
      name: "access", isOK: true,
      detail: isOpen ? "This machine only, without a password" : "With a password")
  }
}
