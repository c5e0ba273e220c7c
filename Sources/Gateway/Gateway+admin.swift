package import Admin
package import Journal
package import Pipeline
package import Settings
package import Stages

/// The running proxy as the admin side sees it.
extension Gateway: AdminBackend {
  package var version: String { Version.current }
  package var settings: Settings { generation.settings }
  package var generationNumber: Int { generation.number }
  package var graph: StageGraph { generation.flow.graph }
  package var inFlight: [Exchange] { running.all }
  package var journalStatus: JournalStatus { journal.status }
  package func flushJournal() async { await journal.flush() }

  package var isSecure: Bool { startSettings.server.tls != nil }

  package var ruleCounts: [RuleCounts] { generation.flow.matchTag.ruleCounts }
  package var selectEndpoint: SelectEndpoint { generation.flow.selectEndpoint }
  package var lastModel: String? { lastMessage?.model }

  package func putInForce(_ settings: Settings) throws { try reload(settings) }

  package func ask(_ request: ClientRequest, at endpoint: String) async -> TrialAnswer {
    var request = request
    request.destination = endpoint
    return await trial(request)
  }

  package func cost(of usage: TokenUsage, model: String) -> Double? {
    // Of the generation: a copy of all settings costs more than the answer.
    generation.settings.prices.cost(of: usage, model: model)
  }

  package func usage(since start: Int64) async -> UsageTotals {
    // All that ended in this process is in the journal then, and is taken off again.
    await journal.flush()
    let own = numbers.today
    let directory = startSettings.logging.directory
    guard
      let all = try? JournalReader(directory: directory).statistics(
        days: 1, by: .day, now: time.wallMilliseconds,
        price: { [prices = settings.prices] model, usage in prices.cost(of: usage, model: model) }
      ).totals
    else { return UsageTotals() }
    var before = UsageTotals()
    before.input = max(0, all.inputTokens - own.input)
    before.output = max(0, all.outputTokens - own.output)
    before.cacheCreation = max(0, all.cacheCreationTokens - own.cacheCreation)
    before.cacheRead = max(0, all.cacheReadTokens - own.cacheRead)
    before.cost = all.cost.map { max(0, $0 - (own.cost ?? 0)) }
    return before
  }

  /// What makes settings unusable for this program, though their file says what it may say.
  ///
  /// - Parameter tls: in use; whether its files can be read is no question of the settings.
  static func demands(
    _ settings: Settings, host: String?, tls: Settings.Server.TLS?, configurationPath: String
  ) -> [Diagnostic] {
    var unmet = settings.tagging.rules.compactMap { rule -> Diagnostic? in
      do throws(TagRuleError) {
        try MatchTag.check(rule)
        return nil
      } catch {
        return Diagnostic(
          severity: .error, file: configurationPath, path: "tagging.taggers", message: "\(error)")
      }
    }
    if let problem = AdminExposure.problem(settings.webAdmin, host: host ?? settings.server.host) {
      unmet.append(Diagnostic(severity: .error, file: configurationPath, path: "web_admin", message: problem))
    }
    if settings.server.tls != tls, let problem = ServerCertificate.problem(settings.server.tls) {
      unmet.append(
        Diagnostic(severity: .error, file: configurationPath, path: "server.tls", message: problem))
    }
    return unmet
  }

  package func move(_ id: ExchangeID, askedBy asker: String) -> Bool { running.move(id, askedBy: asker) }
}

/// The journal, with what ends in it counted on the way.
struct CountingLog: ExchangeLog {
  let journal: Journal
  let numbers: LiveNumbers
  /// Told of every attempt of a request of the proxy's own.
  var onAttempt: (@Sendable (AttemptRecord) -> Void)?

  func begin(_ exchange: ExchangeRecord) { journal.begin(exchange) }

  func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? { journal.body(part, of: exchange) }

  func end(_ attempt: AttemptRecord) {
    numbers.end(attempt)
    onAttempt?(attempt)
    journal.end(attempt)
  }

  func end(_ exchange: ExchangeRecord) {
    numbers.end(exchange)
    journal.end(exchange)
  }
}
