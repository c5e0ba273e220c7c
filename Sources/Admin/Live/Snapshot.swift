package import Journal
package import Pipeline

/// What is going on at one moment.
package struct Snapshot: JSONObject {
  /// The numbers of one node of the graph.
  package struct Node: JSONObject {
    package var name: String
    package var numbers: StageMeter.Snapshot
    package var rate: Double

    package static let schemaName = "NodeNumbers"
    package static let members: [Member<Node>] = [
      Member("name") { $0.name }, Member("received") { $0.numbers.received },
      Member("emitted") { $0.numbers.emitted }, Member("failed") { $0.numbers.failed },
      Member("repaired") { $0.numbers.repaired }, Member("running") { $0.numbers.running },
      Member("nanoseconds_per_event") { $0.numbers.nanosecondsPerEvent },
      Member("rate_per_second") { $0.rate },
    ]
  }

  /// The state of one endpoint.
  package struct Endpoint: JSONObject {
    package var name: String
    package var state: EndpointState
    package var inFlight: Int
    package var reliability: Reliability

    package static let schemaName = "EndpointNow"
    package static let members: [Member<Endpoint>] = [
      Member("name") { $0.name }, Member("state", oneOf: EndpointState.names) { $0.state.name },
      Member("until", "Milliseconds since 1970") { $0.state.until }, Member("cause") { $0.state.cause },
      Member("in_flight") { $0.inFlight }, Member("reliability") { $0.reliability },
    ]
  }

  package struct Tokens: JSONObject {
    package var totals: UsageTotals

    package static let schemaName = "TokensToday"
    package static let members: [Member<Tokens>] = [
      Member("input") { $0.totals.input }, Member("output") { $0.totals.output },
      Member("cache_creation") { $0.totals.cacheCreation }, Member("cache_read") { $0.totals.cacheRead },
    ]
  }

  package struct JournalState: JSONObject {
    package var droppedBytes: Int
    package var queuedBytes: Int
    package var isOK: Bool
    package var message: String?

    package static let schemaName = "JournalState"
    package static let members: [Member<JournalState>] = [
      Member("dropped_bytes") { $0.droppedBytes }, Member("queued_bytes") { $0.queuedBytes },
      Member("ok") { $0.isOK }, Member("message") { $0.message },
    ]
  }

  package var at: Int64
  package var uptime: Double
  package var requestsPerSecond: Double
  package var eventsPerSecond: Double
  package var inFlight: [InFlight]
  package var nodes: [Node]
  package var firstContent: Percentiles?
  package var eventLatency: Percentiles?
  package var today: UsageTotals
  package var endpoints: [Endpoint]
  package var newest: [ExchangeSummary]
  package var journal: JournalState

  package static let schemaName = "Snapshot"
  package static let members: [Member<Snapshot>] = [
    Member("at", "Milliseconds since 1970") { $0.at }, Member("uptime_ms") { $0.uptime },
    Member("requests_per_second") { $0.requestsPerSecond },
    Member("events_per_second") { $0.eventsPerSecond }, Member("in_flight") { $0.inFlight },
    Member("nodes") { $0.nodes },
    Member("first_content_ms", "Of the last five minutes") { $0.firstContent },
    Member("event_latency_us", "Time inside the proxy, of samples") { $0.eventLatency },
    Member("tokens", "Today") { Tokens(totals: $0.today) },
    Member("cost_usd_today") { $0.today.cost }, Member("endpoints") { $0.endpoints },
    Member("newest") { $0.newest }, Member("journal") { $0.journal },
  ]
}
