import HTTPTypes
import Journal
import Pipeline
import Settings
import Stages

/// Which rules match a request, and where it would go: nothing is counted, sent or remembered.
struct TagTrialRoutes: RouteGroup {
  let backend: any AdminBackend
  let changes: ConfigurationChanges

  var title: String { "tag rules" }

  var routes: [Route] { [trial] }

  private struct Outcome: JSONObject {
    var outcome: TagTrial.Outcome

    static let schemaName = "TagRuleOutcome"
    static let members: [Member<Outcome>] = [
      Member("name") { $0.outcome.rule }, Member("tag") { $0.outcome.tag },
      Member("matched") { $0.outcome.isMatch }, Member("failure") { $0.outcome.failure },
    ]
  }

  private struct Candidate: JSONObject {
    var name: String
    var position: Int?
    var reason: String?
    var quotaLeft: Double

    static let schemaName = "EndpointCandidate"
    static let members: [Member<Candidate>] = [
      Member("name") { $0.name }, Member("position", "From 1; null when it is not asked") { $0.position },
      Member("reason", "Why it is not asked") { $0.reason }, Member("quota_left") { $0.quotaLeft },
    ]
  }

  private struct Report: JSONObject {
    var tags: [String]
    var model: String?
    var rules: [Outcome]
    var endpoints: [Candidate]

    static let schemaName = "TagTrial"
    static let members: [Member<Report>] = [
      Member("tags") { $0.tags }, Member("model") { $0.model }, Member("rules") { $0.rules },
      Member("endpoints", "Those that are asked, in their order, then the others") { $0.endpoints },
    ]
  }

  private var trial: Route {
    Route(
      .post, "/tag-rules/test",
      Operation(
        "Which rules match a request, which endpoints follow, and why others do not",
        body: .object([
          Schema.Property("exchange", .text(length: 1...64), isRequired: false),
          Schema.Property("request", Self.requestSchema, isRequired: false),
          Schema.Property("rule", .anyObject, isRequired: false),
        ]), answer: .json(Report.schema), errors: [.notFound, .conflict])
    ) { request in
      let question = try question(request.body)
      let rules = try rules(request.body["rule"])
      do throws(ProxyFailure) {
        return .json(report(try rules.trial(question)))
      } catch {
        throw AdminError.invalid([Problem(path: "request.body", message: error.detail)])
      }
    }
  }

  private static let requestSchema = Schema.object([
    Schema.Property("method", .text(oneOf: ["GET", "POST", "PUT", "PATCH", "DELETE"]), isRequired: false),
    Schema.Property("path", .text(length: 1...2000)),
    Schema.Property("query", .text(length: 0...8000).orNull, isRequired: false),
    Schema.Property("headers", .map(of: .text), isRequired: false),
    Schema.Property("body", .text, isRequired: false),
  ])

  /// The request in hand, or one from the journal.
  private func question(_ body: JSON) throws -> ClientRequest {
    if let id = body["exchange"]?.text { return try JournalAccess(backend).request(of: id) }
    guard let request = body["request"] else {
      throw AdminError.invalid([Problem(path: "request", message: "is missing; or name an exchange")])
    }
    var fields = HTTPFields()
    for member in request["headers"]?.members ?? [] {
      guard let name = HTTPField.Name(member.name), let value = member.value.text else {
        throw AdminError.invalid([
          Problem(path: "request.headers.\(member.name)", message: "is no header field")
        ])
      }
      fields.append(HTTPField(name: name, value: value))
    }
    return ClientRequest(
      method: HTTPRequest.Method(rawValue: request["method"]?.text ?? "POST") ?? .post,
      path: request["path"]?.text ?? "", query: request["query"]?.text, fields: fields,
      body: Bytes(utf8: request["body"]?.text ?? ""))
  }

  /// The rules as they are, or with one that is not saved yet in place of, or beside, the others.
  private func rules(_ draft: JSON?) throws -> MatchTag {
    guard let draft else { return try matcher(backend.settings.tagging.rules) }
    let value = SettingValue(draft)
    let name = value.map?["name"]?.text ?? ""
    let isKnown = backend.settings.tagging.rules.contains { $0.name == name }
    let edit: SettingsEdit =
      isKnown ? .replace(TagRuleRoutes.path.named(name), value) : .insert(TagRuleRoutes.path, value, at: nil)
    return try matcher(changes.trial([edit]).tagging.rules)
  }

  private func matcher(_ rules: [TagRule]) throws(AdminError) -> MatchTag {
    do throws(TagRuleError) {
      return try MatchTag(rules: rules)
    } catch {
      throw AdminError.invalid([Problem(path: "rule", message: "\(error)")])
    }
  }

  private func report(_ trial: TagTrial) -> Report {
    let routed = backend.selectEndpoint.trial(trial.tagged)
    let now = backend.time.wallMilliseconds
    let asked = routed.candidates.enumerated().map { place, endpoint in
      candidate(endpoint.name, position: place + 1)
    }
    let others = routed.skipped.map { candidate($0.endpoint, reason: $0.reason.text(at: now)) }
    return Report(
      tags: trial.tagged.tags.sorted(), model: trial.tagged.facts.model,
      rules: trial.outcomes.map(Outcome.init), endpoints: asked + others)
  }

  private func candidate(_ name: String, position: Int? = nil, reason: String? = nil) -> Candidate {
    Candidate(name: name, position: position, reason: reason, quotaLeft: backend.health.headroom(of: name))
  }
}
