import Admin
import HTTPTypes
import Journal
import Pipeline
import Testing

/// The description is made of the routes, and what they answer is as described.
@Suite struct OpenAPITests {
  private func description() async throws -> JSON {
    try await SiteFixture().ask("/admin/api/openapi.json").json
  }

  @Test func `every reference leads somewhere, and every operation has a name of its own`() async throws {
    let document = try await description()
    #expect(document["openapi"]?.text == "3.1.0" && document["info"]?["version"]?.text == "9.8.7")
    let schemas = Set(document["components"]?["schemas"]?.members?.map(\.name) ?? [])
    #expect(!schemas.isEmpty)
    for reference in Self.references(document) {
      #expect(schemas.contains(String(reference.dropFirst("#/components/schemas/".count))), "\(reference)")
    }
    let operations = Self.operations(document).compactMap { $0.operation["operationId"]?.text }
    #expect(operations.count == Set(operations).count && operations.count >= 8)
  }

  @Test func `each operation tells its success, its errors and its parameters`() async throws {
    for (path, method, operation) in Self.operations(try await description()) {
      let statuses = operation["responses"]?.members?.map(\.name) ?? []
      #expect(statuses.contains { $0.hasPrefix("2") }, "\(method) \(path)")
      #expect(statuses.contains("403") && statuses.contains("400"), "\(method) \(path)")
      let parameters = operation["parameters"]?.array?.compactMap { $0["name"]?.text } ?? []
      for name in path.split(separator: "/").filter({ $0.hasPrefix("{") }) {
        #expect(parameters.contains(String(name.dropFirst().dropLast())), "\(method) \(path)")
      }
      let isLogin = path == "/session" && method == "post"
      #expect(parameters.contains("x-csrf-token") == (method != "get" && !isLogin), "\(method) \(path)")
    }
  }

  @Test func `answers are as their schemas say`() async throws {
    let fixture = SiteFixture()
    fixture.numbers.end(Records.exchange("one"))
    #expect(try Snapshot.schema.problems(in: await fixture.ask("/admin/api/snapshot").json) == [])
    #expect(try Graph.schema.problems(in: await fixture.ask("/admin/api/graph").json) == [])
    // What is known, and null what is not.
    let summary = ExchangeSummary(Records.exchange("two")).json
    #expect(ExchangeSummary.schema.problems(in: summary) == [])
    #expect(summary["failure_code"] == .null && summary["usage"]?["input"] == 100)
  }

  private static func operations(
    _ document: JSON
  ) -> [(path: String, method: String, operation: JSON)] {
    (document["paths"]?.members ?? []).flatMap { path in
      (path.value.members ?? []).map { (path.name, $0.name, $0.value) }
    }
  }

  private static func references(_ value: JSON) -> [String] {
    switch value {
    case .array(let values): values.flatMap(references)
    case .object(let members):
      members.flatMap { $0.name == "$ref" ? [$0.value.text ?? ""] : references($0.value) }
    case .null, .bool, .integer, .number, .text: []
    }
  }
}

/// Records as the flow makes them.
enum Records {
  static func exchange(_ id: String, model: String = "claude-test") -> ExchangeRecord {
    var record = ExchangeRecord(
      id: ExchangeID(text: id), arrived: 1_790_000_000_000,
      request: ClientRequest(method: .post, path: "/v1/messages"))
    record.model = model
    record.endpoint = "first"
    record.outcome = .completed
    record.status = 200
    record.attempts = 1
    record.isStreamed = true
    record.firstContent = .milliseconds(300)
    record.total = .milliseconds(1300)
    record.report.events = 11
    record.report.usage = TokenUsage(input: 100, output: 20, cacheCreation: nil, cacheRead: 5)
    return record
  }

  static func attempt(_ code: ProxyFailure.Code?, decision: String = "served") -> AttemptRecord {
    var record = AttemptRecord(
      exchange: ExchangeID(text: "one"), number: 1, endpoint: "first", url: "http://127.0.0.1:1")
    record.failureCode = code?.rawValue
    record.failureStage = code.map { _ in "validate-protocol" }
    record.decision = decision
    record.firstContent = .milliseconds(250)
    return record
  }
}
