import Admin
import Foundation
import HTTPTypes
import Pipeline
import Settings
import Stages
import Testing

@Suite struct MetricsTests {
  private func fixture(_ change: (SiteFixture) -> Void = { _ in }) -> SiteFixture {
    let fixture = SiteFixture {
      $0.endpoints = [
        Endpoint(name: "first", url: "http://127.0.0.1:1"), Endpoint(name: "a \"b\\", url: "demo:"),
      ]
    }
    fixture.numbers.end(Records.exchange("one"))
    fixture.numbers.end(Records.attempt(.truncated))
    change(fixture)
    return fixture
  }

  @Test func `tells what ended in Prometheus' text format`() async {
    let answer = await fixture().ask("/metrics")
    #expect(answer.status == 200)
    #expect(answer.fields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    for line in [
      #"companion_requests_total{outcome="completed",code="",endpoint="first"} 1"#,
      #"gen_ai_server_time_to_first_token_seconds_bucket{gen_ai_request_model="claude-test",endpoint="first",le="0.25"} 0"#,
      #"gen_ai_server_time_to_first_token_seconds_bucket{gen_ai_request_model="claude-test",endpoint="first",le="0.5"} 1"#,
      #"gen_ai_server_time_to_first_token_seconds_sum{gen_ai_request_model="claude-test",endpoint="first"} 0.3"#,
      #"gen_ai_server_time_per_output_chunk_seconds_sum{gen_ai_request_model="claude-test",endpoint="first"} 0.1"#,
      #"gen_ai_client_token_usage_sum{gen_ai_token_type="output",gen_ai_request_model="claude-test",endpoint="first"} 20"#,
      #"companion_attempt_failures_total{endpoint="first",code="truncated",stage="validate-protocol"} 1"#,
      #"companion_endpoint_state{endpoint="a \"b\\",state="available"} 1"#,
      #"companion_stage_received_total{stage="accept"} 0"#, #"companion_build_info{version="9.8.7"} 1"#,
    ] {
      #expect(answer.text.contains(line + "\n"), "\(line)")
    }
    #expect(!answer.text.contains("cache_creation"), "an endpoint that says nothing is no zero")
  }

  @Test func `every line is a comment or a sample, and every sample has its type`() async throws {
    var types: [Substring: Substring] = [:]
    for line in await fixture().ask("/metrics").text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard line.hasPrefix("#") else {
        let name = line.prefix { $0 != "{" && $0 != " " }
        let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map { name.dropLast($0.count) }
        let type = try #require(types[name] ?? base.flatMap { types[$0] }, "\(line)")
        #expect((type == "counter") == name.hasSuffix("_total"))
        #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
        continue
      }
      if words[1] == "TYPE" { types[words[2]] = words[3] }
    }
    #expect(types.count > 20)
  }

  @Test func `models that clients make up are counted together`() async {
    let answer = await fixture { fixture in
      for number in 0..<200 { fixture.numbers.end(Records.exchange("\(number)", model: "model-\(number)")) }
    }.ask("/metrics")
    let models = Set(answer.text.matches(of: #/gen_ai_request_model="([^"]*)"/#).map(\.output.1))
    #expect(models.count == 51 && models.contains("other"))
  }

  @Test func `who asks from another machine needs a session`() async {
    let fixture = fixture()
    #expect(await fixture.ask("/metrics", peer: "192.168.1.9").status == 401)
    fixture.backend.change { $0.webAdmin.passwordHash = Secret(SiteFixture.hash) }
    #expect(await fixture.ask("/metrics").status == 200)
    #expect(await fixture.ask("/metrics", peer: "192.168.1.9").status == 401)
    let (_, cookie) = await fixture.login(peer: "192.168.1.9")
    #expect(await fixture.ask("/metrics", fields: cookie, peer: "192.168.1.9").status == 200)
    let session = cookie[.cookie]?.split(separator: "=").last.map(String.init) ?? ""
    let bearer: HTTPFields = [.authorization: "Bearer \(session)"]
    #expect(await fixture.ask("/metrics", fields: bearer, peer: "192.168.1.9").status == 200)
    #expect(
      await fixture.ask("/metrics", fields: [.authorization: "Bearer x"], peer: "192.168.1.9").status == 401)
  }

  @Test func `every number of the dashboard for Grafana is exported`() async throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/grafana-dashboard.json")
    let dashboard = try JSON(Bytes(Data(contentsOf: file)))
    let queries = (dashboard["panels"]?.array ?? []).flatMap { $0["targets"]?.array ?? [] }
      .compactMap { $0["expr"]?.text }
    #expect(queries.count >= 10)
    let page = await fixture().ask("/metrics").text
    let exported = Set(page.matches(of: #/TYPE ([a-z_0-9]+) /#).map { String($0.output.1) })
    for query in queries {
      let names = query.matches(of: #/\b(companion|gen_ai|process)_[a-z_0-9]+/#).map { String($0.output.0) }
        .filter { !$0.hasPrefix("gen_ai_request") && !$0.hasPrefix("gen_ai_token") }
      #expect(!names.isEmpty, "\(query)")
      for name in names {
        let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
          String(name.dropLast($0.count))
        }
        #expect(exported.contains(name) || exported.contains(base ?? ""), "\(name)")
      }
    }
  }
}
