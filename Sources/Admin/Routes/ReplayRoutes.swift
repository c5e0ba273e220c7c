import HTTPTypes
import Journal
import Pipeline
import Settings
import Stages

/// A request of the journal asked again, and rules made of what went wrong with it.
struct ReplayRoutes: RouteGroup {
  let backend: any AdminBackend
  let changes: ConfigurationChanges

  var title: String { "logs" }

  var routes: [Route] { [replay, suggest, trial] }

  private var journal: JournalAccess { JournalAccess(backend) }

  private struct Replayed: JSONObject {
    var exchange: String

    static let schemaName = "Replayed"
    static let members: [Member<Replayed>] = [Member("exchange", "The id of the new one") { $0.exchange }]
  }

  private var replay: Route {
    Route(
      .post, "/logs/{id}/replay",
      Operation(
        "Asks a request again at one endpoint; returns when the answer is over",
        body: .object([Schema.Property("endpoint", .text(length: 1...200))]), answer: .json(Replayed.schema),
        errors: [.conflict])
    ) { request in
      let endpoint = try backend.settings.endpoint(named: request.body["endpoint"]?.text ?? "")
      let id = ExchangeID(text: request.path("id"))
      let body = try journal.read { (reader) throws(JournalError) in
        try reader.exchange(id).body(.requestReceived)
      }
      guard let body, !body.isTruncated else {
        throw AdminError(
          .conflict, "The journal has not all of this request; log_request_body: full keeps requests whole.")
      }
      var question = try journal.request(of: id.text)
      question.fields = question.fields.withoutMasked
      question.peer = "replay by \(request.client.peer)"
      let answer = await backend.ask(question, at: endpoint.name)
      await backend.flushJournal()
      return .json(Replayed(exchange: answer.exchange.id.text))
    }
  }

  // MARK: Failure rules

  private struct Suggestion: JSONObject {
    var rule: SettingValue

    static let schemaName = "FailureRuleSuggestion"
    static let members: [Member<Suggestion>] = [Member("rule", "As in failover.rules") { $0.rule }]
  }

  private var suggest: Route {
    Route(
      .get, "/logs/{id}/failure-rule",
      Operation(
        "A rule for failures like that of the last attempt that failed", answer: .json(Suggestion.schema),
        errors: [.conflict])
    ) { request in
      let id = ExchangeID(text: request.path("id"))
      let failed = try journal.read { (reader) throws(JournalError) in
        try reader.failedAttempts(of: reader.resolve(id.text)).first
      }
      guard let failed else {
        throw AdminError(.notFound, "None of its attempts failed before the client saw any of it.")
      }
      return .json(Suggestion(rule: FailureRuleSuggestion(failed).rule))
    }
  }

  private struct Example: JSONObject {
    let attempt: FailedAttempt

    static let schemaName = "FailureRuleExample"
    static let members: [Member<Example>] = [
      Member("exchange") { $0.attempt.exchange.text }, Member("attempt") { $0.attempt.number },
      Member("endpoint") { $0.attempt.endpoint }, Member("status") { $0.attempt.status },
      Member("failure_code") { $0.attempt.failureCode },
      Member("action_before", "What was made of it") { $0.attempt.decision },
    ]
  }

  private struct Matches: JSONObject {
    var matched: Int
    var examined: Int
    var examples: [Example]

    static let schemaName = "FailureRuleMatches"
    static let members: [Member<Matches>] = [
      Member("matched") { $0.matched }, Member("examined") { $0.examined },
      Member("examples", "The newest ones") { $0.examples },
    ]
  }

  private static let mostExamined = 2000
  private static let mostExamples = 20

  private var trial: Route {
    Route(
      .post, "/failure-rules/test",
      Operation(
        "Which failures of the past a rule would have decided",
        body: .object([
          Schema.Property("rule", .anyObject),
          Schema.Property("hours", .integer(1...8760), isRequired: false),
        ]), answer: .json(Matches.schema))
    ) { request in
      let rule = try rule(SettingValue(request.body["rule"] ?? .null))
      let hours = Int64(request.body["hours"]?.integer ?? 24)
      let since = backend.time.wallMilliseconds - hours * 3_600_000
      let attempts = try journal.read { (reader) throws(JournalError) in
        try reader.failedAttempts(since: since, limit: Self.mostExamined)
      }
      let hits = attempts.filter {
        rule.holds(
          for: FailureRule.Facts(
            endpoint: $0.endpoint, status: $0.status, words: $0.words[...], detail: $0.failureDetail ?? ""))
      }
      return .json(
        Matches(
          matched: hits.count, examined: attempts.count,
          examples: hits.prefix(Self.mostExamples).map { Example(attempt: $0) }))
    }
  }

  /// A rule that is not in the configuration, read as if it were its only one.
  private func rule(_ value: SettingValue) throws(AdminError) -> FailureRule {
    let rules = try changes.trial([.set(SettingsRoutes.rulesPath, .list([value]))]).failover.rules
    guard let rule = rules.first else { throw AdminError(.invalid, "This is no failure rule.") }
    return rule
  }
}

extension HTTPFields {
  /// Without the fields whose credentials were masked: endpoints are paid by their own.
  fileprivate var withoutMasked: HTTPFields { HTTPFields(filter { !$0.value.contains("…") }) }
}
