package import Journal
package import Pipeline
package import Settings
package import Stages

/// What the admin side needs of the running proxy.
package protocol AdminBackend: Sendable {
  var version: String { get }
  var configurationPath: String { get }
  var time: any TimeSource { get }
  /// In force now; changes with a reload.
  var settings: Settings { get }
  /// 1 at the start, one more with each reload.
  var generationNumber: Int { get }
  /// Of the flow in force; its meters are those that count.
  var graph: StageGraph { get }
  var health: EndpointHealth { get }
  /// The exchanges under way, oldest first.
  var inFlight: [Exchange] { get }
  var journalStatus: JournalStatus { get }
  /// Clients reach the server over TLS.
  var isSecure: Bool { get }

  /// The configuration file.
  var configuration: SettingsFileEditor { get }
  /// In force when the program started: what only a start reads is still that.
  var startSettings: Settings { get }
  /// Returns when everything that ended so far can be read from the journal.
  func flushJournal() async
  /// How often each tag rule matched, in the order they run.
  var ruleCounts: [RuleCounts] { get }
  /// Of the flow in force.
  var selectEndpoint: SelectEndpoint { get }
  /// The model that was asked for last; nil while nobody asked.
  var lastModel: String? { get }

  /// Puts a configuration in force at once; the old one stays if this throws.
  func putInForce(_ settings: Settings) throws
  /// Asks one endpoint, whatever its state, through the whole flow.
  func ask(_ request: ClientRequest, at endpoint: String) async -> TrialAnswer

  /// Takes a request away from its endpoint; false when it is not under way.
  func move(_ id: ExchangeID, askedBy asker: String) -> Bool
  /// In USD; nil when no price is known.
  func cost(of usage: TokenUsage, model: String) -> Double?
  /// What was used since `start` (milliseconds since 1970) before this process began.
  func usage(since start: Int64) async -> UsageTotals
}

extension AdminBackend {
  package var isSecure: Bool { false }
  package func cost(of usage: TokenUsage, model: String) -> Double? { nil }
  package func usage(since start: Int64) async -> UsageTotals { UsageTotals() }
}

/// What came of a request of the proxy's own.
package struct TrialAnswer: Sendable {
  package var exchange: ExchangeRecord
  /// In order.
  package var attempts: [AttemptRecord]
  /// As a client would have got it.
  package var body: Bytes

  package init(exchange: ExchangeRecord, attempts: [AttemptRecord], body: Bytes) {
    self.exchange = exchange
    self.attempts = attempts
    self.body = body
  }
}

/// Tokens of many answers together, and what they cost.
package struct UsageTotals: Sendable, Equatable {
  package var input = 0
  package var output = 0
  package var cacheCreation = 0
  package var cacheRead = 0
  /// In USD; nil while no answer had a known price.
  package var cost: Double?

  package init() {}

  package mutating func add(_ usage: TokenUsage, cost: Double?) {
    input += usage.input ?? 0
    output += usage.output ?? 0
    cacheCreation += usage.cacheCreation ?? 0
    cacheRead += usage.cacheRead ?? 0
    if let cost { self.cost = (self.cost ?? 0) + cost }
  }

  package mutating func add(_ other: UsageTotals) {
    add(
      TokenUsage(
        input: other.input, output: other.output, cacheCreation: other.cacheCreation,
        cacheRead: other.cacheRead), cost: other.cost)
  }
}
