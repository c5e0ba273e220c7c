import Admin
import Foundation
import HTTPTypes
import Journal
import Pipeline
import ProxyTesting
import Settings
import Stages
import Synchronization
import Testing

/// The log as the pages see it, over a real journal.
@Suite struct LogRouteTests {
  private let directory = FileManager.default.temporaryDirectory.path + "/admin-log-\(UUID().uuidString)"

  private static let refusal = #"{"type":"error","error":{"type":"api_error","message":"model gone 17"}}"#
  private static let answer =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"x\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
    + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":9,\"delta\":{\"type\":\"text_delta\",\"text\":\"<b>\"}}\n\n"

  /// Two exchanges: one that was refused, then one whose only answer broke a rule.
  private func fixture() async throws -> (site: SiteFixture, refused: ExchangeID, broken: ExchangeID) {
    let site = SiteFixture { settings in
      settings.logging.directory = directory
      settings.endpoints = [Endpoint(name: "first", url: "https://one.example")]
    }
    var options = JournalOptions(directory: directory)
    options.commitInterval = .milliseconds(1)
    let journal = try Journal(options: options, time: site.backend.manualTime)
    let refused = log(
      journal, "needle in a haystack", Self.refusal, "upstream_status", status: 400, rule: nil)
    let broken = log(journal, "nothing here", Self.answer, "protocol_violation", status: 200, rule: "V9")
    await journal.close()
    return (site, refused, broken)
  }

  private func log(
    _ journal: Journal, _ text: String, _ answer: String, _ code: String, status: Int, rule: String?
  ) -> ExchangeID {
    let time = ManualTime().wallMilliseconds
    var request = ClientRequest(
      method: .post, path: "/v1/messages", fields: [.contentType: "application/json"],
      body: Bytes(utf8: #"{"model":"claude-x","messages":[{"role":"user","content":"\#(text)"}]}"#))
    request.fields[.authorization] = "Bearer sk-…abcd"
    var record = ExchangeRecord(id: ExchangeID(wallMilliseconds: time), arrived: time, request: request)
    record.model = "claude-x"
    record.isStreamed = true
    record.requestFields = redacted(request.fields)
    journal.begin(record)
    journal.append(request.body, to: .requestReceived, of: record.id)
    journal.append(Bytes(utf8: answer), to: .responseReceived(attempt: 1), of: record.id)
    var attempt = AttemptRecord(
      exchange: record.id, number: 1, endpoint: "first", url: "https://one.example/v1/messages")
    attempt.status = status
    attempt.failureCode = code
    attempt.failureRule = rule
    attempt.failureDetail = "It broke."
    attempt.decision = "to client"
    journal.end(attempt)
    record.outcome = .failed
    record.attempts = 1
    record.endpoint = "first"
    record.report.usage = TokenUsage(input: 10, output: 2)
    journal.end(record)
    return record.id
  }

  private func done() { try? FileManager.default.removeItem(atPath: directory) }

  @Test func `pages are read, searched down to the bodies, and go on`() async throws {
    let (site, refused, broken) = try await fixture()
    defer { done() }
    let first = try await site.ask("/admin/api/logs", query: "limit=1").json
    let newest = try #require(first["exchanges"]?.array?.first?["id"]?.text)
    let next = try #require(first["next"]?.text)
    let second = try await site.ask("/admin/api/logs", query: "limit=1&before=\(next)").json
    let older = try #require(second["exchanges"]?.array?.first?["id"]?.text)
    #expect(Set([newest, older]) == [refused.text, broken.text] && second["next"] == .null)
    let found = try await site.ask("/admin/api/logs", query: "q=NEEDLE").json["exchanges"]?.array ?? []
    #expect(found.compactMap { $0["id"]?.text } == [refused.text])
    #expect(
      try await site.ask("/admin/api/logs", query: "endpoint=none").json["exchanges"]?.array?.isEmpty == true)
    for query in ["limit=0", "limit=501", "limit=x", "outcome=odd", "what=1"] {
      #expect(await site.ask("/admin/api/logs", query: query).status == 400, "\(query)")
    }
  }

  @Test func `one exchange, its attempts and bodies`() async throws {
    let (site, refused, _) = try await fixture()
    defer { done() }
    let answer = await site.ask("/admin/api/logs/\(refused)")
    let detail = try answer.json
    #expect(detail["attempts"]?.array?.first?["failure"]?["code"]?.text == "upstream_status")
    #expect(detail["bodies"]?.array?.compactMap { $0["part"]?.text } == ["request", "response-1"])
    let body = await site.ask("/admin/api/logs/\(refused)/bodies/response-1")
    #expect(body.text == Self.refusal && body.fields[.contentType] == "text/plain; charset=utf-8")
    #expect(body.fields[.contentDisposition]?.hasPrefix("attachment") == true)
    for part in ["response-2", "other", "request--1", "..%2f..%2fetc%2fpasswd"] {
      #expect(await site.ask("/admin/api/logs/\(refused)/bodies/\(part)").status == 404, "\(part)")
    }
    #expect(await site.ask("/admin/api/logs/ffffffffffff").status == 404)
  }

  @Test func `the timeline marks the event that broke a rule`() async throws {
    let (site, _, broken) = try await fixture()
    defer { done() }
    let timeline = try await site.ask("/admin/api/logs/\(broken)/timeline/1").json
    let events = timeline["events"]?.array ?? []
    #expect(events.count == 2 && events[0]["violation"] == .null)
    #expect(events[1]["violation"]?["rule"]?.text != nil)
    #expect(timeline["violation_offset"] == events[1]["offset"])
    #expect(await site.ask("/admin/api/logs/\(broken)/timeline/7").status == 404)
    #expect(await site.ask("/admin/api/logs/\(broken)/timeline/x").status == 404)
  }

  @Test func `an export is a zip`() async throws {
    let (site, refused, _) = try await fixture()
    defer { done() }
    let export = await site.ask("/admin/api/logs/\(refused)/export")
    #expect(export.fields[.contentType] == "application/zip" && export.body.starts(with: Array("PK".utf8)))
  }

  @Test func `a replay asks the endpoint the same again, without masked credentials`() async throws {
    let (site, refused, _) = try await fixture()
    defer { done() }
    let answer = await site.order(.post, "/logs/\(refused)/replay", #"{"endpoint":"first"}"#)
    #expect(try answer.json["exchange"]?.text == "trial")
    let asked = try #require(site.backend.asked.withLock { $0.first })
    #expect(asked.endpoint == "first" && asked.request.body.text.contains("needle in a haystack"))
    #expect(asked.request.fields[.authorization] == nil && asked.request.fields[.contentType] != nil)
    #expect(await site.order(.post, "/logs/\(refused)/replay", #"{"endpoint":"none"}"#).status == 404)
  }

  @Test func `a rule made of a failure holds for it, and not for others`() async throws {
    let (site, refused, broken) = try await fixture()
    defer { done() }
    let rule = try #require(try await site.ask("/admin/api/logs/\(refused)/failure-rule").json["rule"])
    #expect(rule["status"]?.integer == 400 && rule["error_type"]?.text == "api_error")
    #expect(rule["body"]?.text == "model gone \\S+")
    let matches = try await site.order(.post, "/failure-rules/test", #"{"rule":\#(rule.bytes.text)}"#).json
    #expect(matches["matched"]?.integer == 1 && matches["examined"]?.integer == 2)
    #expect(matches["examples"]?.array?.first?["exchange"]?.text == refused.text)
    let other = try #require(try await site.ask("/admin/api/logs/\(broken)/failure-rule").json["rule"])
    #expect(other["body"]?.text == #"It broke\."#)
    #expect(await site.order(.post, "/failure-rules/test", #"{"rule":{"action":"odd"}}"#).status == 422)
  }

  @Test func `statistics sum up by what is asked for`() async throws {
    let (site, _, _) = try await fixture()
    defer { done() }
    let sums = try await site.ask("/admin/api/statistics", query: "days=2&by=model").json
    #expect(sums["rows"]?.array?.first?["key"]?.text == "claude-x")
    #expect(sums["totals"]?["requests"]?.integer == 2 && sums["totals"]?["input_tokens"]?.integer == 20)
    let hours = try await site.ask("/admin/api/endpoints/first/history").json["buckets"]?.array ?? []
    #expect(
      hours.count == 24 && hours.last?["requests"]?.integer == 1,
      "a refused request is not the endpoint's fault")
    #expect(await site.ask("/admin/api/statistics", query: "by=moon").status == 400)
  }
}
