import HTTPTypes
import Journal
import Pipeline
import Stages

/// Sums over the journal.
struct StatisticsRoutes: RouteGroup {
  let backend: any AdminBackend

  var title: String { "statistics" }

  var routes: [Route] { [statistics, history] }

  private var journal: JournalAccess { JournalAccess(backend) }

  private struct Row: JSONObject {
    let row: UsageStatistics.Row

    static let schemaName = "StatisticsRow"
    static let members: [Member<Row>] = [
      Member("key", "Day, model, endpoint or session; null for those without") { $0.row.key },
      Member("requests") { $0.row.requests }, Member("failed") { $0.row.failed },
      Member("input_tokens") { $0.row.inputTokens }, Member("output_tokens") { $0.row.outputTokens },
      Member("cache_creation_tokens") { $0.row.cacheCreationTokens },
      Member("cache_read_tokens") { $0.row.cacheReadTokens },
      Member("cost_usd", "Null where no price is known") { $0.row.cost },
      Member("failover_cache_cost_usd", "What failovers cost in lost prompt cache") {
        $0.row.failoverCacheCost
      },
      Member("truncated") { $0.row.truncated }, Member("stalled") { $0.row.stalled },
      Member("first_content_p50_ms") { $0.row.firstContentP50?.milliseconds },
      Member("first_content_p95_ms") { $0.row.firstContentP95?.milliseconds },
    ]
  }

  private struct Sums: JSONObject {
    let sums: UsageStatistics

    static let schemaName = "Statistics"
    static let members: [Member<Sums>] = [
      Member("rows") { $0.sums.rows.map { Row(row: $0) } }, Member("totals") { Row(row: $0.sums.totals) },
    ]
  }

  private var statistics: Route {
    Route(
      .get, "/statistics",
      Operation(
        "Requests, tokens and cost of the last days",
        query: [
          .init("days", .integer(1...366)),
          .init("by", .text(oneOf: UsageStatistics.Key.allCases.map(\.rawValue))),
        ], answer: .json(Sums.schema))
    ) { request in
      let key = request.query("by")?.text.flatMap(UsageStatistics.Key.init) ?? .day
      let days = request.query("days")?.integer ?? 7
      let sums = try journal.read { (reader) throws(JournalError) in
        try reader.statistics(days: days, by: key, now: backend.time.wallMilliseconds) { model, usage in
          backend.cost(of: usage, model: model)
        }
      }
      return .json(Sums(sums: sums))
    }
  }

  private struct Hour: JSONObject {
    let hour: EndpointHour

    static let schemaName = "EndpointHour"
    static let members: [Member<Hour>] = [
      Member("at", "When it began, in milliseconds since 1970") { $0.hour.at },
      Member("requests") { $0.hour.requests }, Member("failures") { $0.hour.failures },
      Member("truncated") { $0.hour.truncated }, Member("stalled") { $0.hour.stalled },
      Member("first_content_p50_ms") { $0.hour.firstContentP50?.milliseconds },
    ]
  }

  private struct History: JSONObject {
    let hours: [EndpointHour]

    static let schemaName = "EndpointHistory"
    static let members: [Member<History>] = [Member("buckets") { $0.hours.map { Hour(hour: $0) } }]
  }

  private var history: Route {
    Route(
      .get, "/endpoints/{name}/history",
      Operation("The last 24 hours of an endpoint, hour by hour", answer: .json(History.schema))
    ) { request in
      let name = try backend.settings.endpoint(named: request.path("name")).name
      let hours = try journal.read { (reader) throws(JournalError) in
        try reader.endpointHistory(name, now: backend.time.wallMilliseconds)
      }
      return .json(History(hours: hours))
    }
  }
}
