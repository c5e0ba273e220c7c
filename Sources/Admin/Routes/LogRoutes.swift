import Foundation
import HTTPTypes
import Journal
import Pipeline
import Synchronization

/// The journal: pages of it, one exchange, its bodies, its events, an export.
struct LogRoutes: RouteGroup {
  let backend: any AdminBackend

  var title: String { "logs" }

  var routes: [Route] { [page, show, body, timeline, export] }

  private var journal: JournalAccess { JournalAccess(backend) }

  // MARK: Pages

  /// How long a search goes on before it shows what it has.
  private static let searchTime: Duration = .seconds(2)

  private struct Page: JSONObject {
    var page: ExchangePage

    static let schemaName = "LogPage"
    static let members: [Member<Page>] = [
      Member("exchanges", "Newest first") { $0.page.exchanges },
      Member("next", "For `before`, to go on; null at the end") { $0.page.next?.text },
      Member("searched_until", "A search stopped here, in milliseconds since 1970") { $0.page.searchedUntil },
    ]
  }

  private var page: Route {
    let text = Schema.text(length: 0...500)
    return Route(
      .get, "/logs",
      Operation(
        "A page of the log, newest first",
        query: [
          .init("limit", .integer(1...500)), .init("before", .text(length: 1...64)),
          .init("q", text.explained("Searched in ids, models, failures and bodies")),
          .init("endpoint", text), .init("session", text),
          .init("model", text.explained("* and ? are wildcards")),
          .init("path", text),
          .init("outcome", .text(oneOf: ExchangeRecord.Outcome.allCases.map(\.rawValue))),
          .init("since", .integer), .init("until", .integer), .init("failed", .bool),
        ], answer: .json(Page.schema))
    ) { request in
      let filter = filter(request)
      let end = backend.time.now + Self.searchTime
      return .json(
        Page(
          page: try journal.read { (reader) throws(JournalError) in
            try reader.page(filter) { backend.time.now < end }
          }))
    }
  }

  private func filter(_ request: AdminRequest) -> ExchangeFilter {
    func text(_ name: String) -> String? { request.query(name)?.text.flatMap { $0.isEmpty ? nil : $0 } }
    var filter = ExchangeFilter()
    filter.limit = request.query("limit")?.integer ?? filter.limit
    filter.before = text("before").map { ExchangeID(text: $0) }
    filter.query = text("q")
    filter.endpoint = text("endpoint")
    filter.session = text("session")
    filter.model = text("model")
    filter.path = text("path")
    filter.outcome = text("outcome").flatMap(ExchangeRecord.Outcome.init)
    filter.since = request.query("since")?.integer.map { Int64($0) }
    filter.until = request.query("until")?.integer.map { Int64($0) }
    filter.failedOnly = request.query("failed")?.bool ?? false
    return filter
  }

  // MARK: One exchange

  private struct Detail: JSONObject {
    var exchange: ExchangeView
    var attempts: [AttemptView]
    var bodies: [BodyView]

    static let schemaName = "ExchangeDetail"
    static let members: [Member<Detail>] = [
      Member("exchange") { $0.exchange }, Member("attempts") { $0.attempts }, Member("bodies") { $0.bodies },
    ]
  }

  private var show: Route {
    Route(
      .get, "/logs/{id}",
      Operation("One exchange with its attempts", answer: .json(Detail.schema), errors: [.conflict])
    ) { request in
      let detail = try journal.read { (reader) throws(JournalError) in
        try reader.exchange(ExchangeID(text: request.path("id")))
      }
      let record = detail.record
      let cost = (record.report.model ?? record.model).flatMap {
        backend.cost(of: record.report.usage, model: $0)
      }
      return .json(
        Detail(
          exchange: ExchangeView(record: record, cost: cost),
          attempts: detail.attempts.map { AttemptView(record: $0) },
          bodies: detail.bodies.filter { $0.part.apiName != nil }.map { BodyView(body: $0) }))
    }
  }

  private var body: Route {
    Route(
      .get, "/logs/{id}/bodies/{part}",
      Operation(
        "The bytes of a body, as plain text whatever they are", answer: .bytes("text/plain; charset=utf-8"),
        errors: [.conflict])
    ) { request in
      let id = ExchangeID(text: request.path("id"))
      let name = request.path("part")
      let bytes = try journal.read { (reader) throws(JournalError) in
        switch name {
        case "request": try reader.body(id, .requestReceived)
        case "response": try reader.clientResponse(id)
        default:
          if let part = BodyPart(apiName: name) { try reader.body(id, part) } else { [UInt8]?.none }
        }
      }
      guard let bytes else { throw AdminError(.notFound, "There is no body \(name.jsonQuoted).") }
      return .bytes(
        bytes[...], type: "text/plain; charset=utf-8", fileName: "\(id.text.fileName)-\(name).txt")
    }
  }

  private var timeline: Route {
    Route(
      .get, "/logs/{id}/timeline/{attempt}",
      Operation(
        "The events an endpoint sent, when, and where they broke a rule", answer: .json(TimelineView.schema),
        errors: [.conflict])
    ) { request in
      guard let attempt = Int(request.path("attempt")) else {
        throw AdminError(.notFound, "There is no attempt \(request.path("attempt").jsonQuoted).")
      }
      let settings = backend.settings
      let view = try journal.read { (reader) throws(JournalError) in
        try TimelineView(reader, ExchangeID(text: request.path("id")), attempt: attempt, settings)
      }
      guard let view else { throw AdminError(.notFound, "There is no attempt \(attempt).") }
      return .json(view)
    }
  }

  private var export: Route {
    Route(
      .get, "/logs/{id}/export",
      Operation(
        "A zip with all there is, credentials removed", answer: .bytes("application/zip"), errors: [.conflict]
      )
    ) { request in
      let id = request.path("id")
      let file = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString).zip")
      defer { try? FileManager.default.removeItem(at: file) }
      try journal.read { (reader) throws(JournalError) in
        try reader.exportZip([reader.resolve(id)], to: file.path)
      }
      return .bytes(
        Bytes(try Data(contentsOf: file)), type: "application/zip", fileName: "exchange-\(id.fileName).zip")
    }
  }
}

extension String {
  /// Of what a file's name may have everywhere.
  fileprivate var fileName: String {
    String(filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(40))
  }
}
