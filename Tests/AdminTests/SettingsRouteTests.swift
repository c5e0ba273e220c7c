import Admin
import Foundation
import HTTPTypes
import Pipeline
import Settings
import Stages
import Testing

/// Tag rules, settings and failure rules, changed in a real file.
@Suite struct SettingsRouteTests {
  let fixture: ConfigurationFixture
  var site: SiteFixture { fixture.site }

  init() throws { fixture = try ConfigurationFixture() }

  @Test func `settings come with their defaults and what is written`() async throws {
    let answer = try await site.ask("/admin/api/settings").json
    #expect(answer["sections"]?["server"]?["port"]?.integer == 8080)
    #expect(answer["sections"]?["failover"]?["resume"]?.text == "off")
    #expect(answer["defaults"]?["server"]?["drain_limit"]?.text == "30s")
    #expect(answer["written"]?.array?.contains("server.port") == true)
    #expect(answer["restart_needed"]?.array?.isEmpty == true)
  }

  @Test func `a change is in the file and in force; what waits for a restart says so`() async throws {
    let answer = await site.order(
      .patch, "/settings",
      #"{"changes":{"failover.resume":"text","server.port":9090,"logging.level":"debug"}}"#)
    #expect(answer.status == 200)
    let waiting = try answer.json["restart_needed"]?.array?.compactMap(\.text)
    #expect(waiting == ["server.port", "logging.level"])
    #expect(try fixture.file.contains("  port: 9090  # the usual\n"))
    #expect(site.backend.settings.failover.resume == .text)
    let back = await site.order(.patch, "/settings", #"{"changes":{"failover.resume":null}}"#)
    #expect(back.status == 200 && site.backend.settings.failover.resume == .off)
    #expect(try !fixture.file.contains("resume"))
  }

  @Test func `the log stays where it is until a restart`() async throws {
    #expect(
      await site.order(.patch, "/settings", #"{"changes":{"logging.log_directory":"/elsewhere"}}"#).status
        == 200)
    let journal = try await site.ask("/admin/api/self-check").json["checks"]?.array?[2]
    #expect(journal?["name"]?.text == "journal" && journal?["detail"]?.text == "./logs")
  }

  @Test func `a mistake is told with its place, and changes nothing`() async throws {
    let before = try fixture.file
    let answer = await site.order(
      .patch, "/settings", #"{"changes":{"failover.resum":"text","server.port":70000}}"#)
    #expect(answer.status == 422)
    let problems = try answer.json["error"]?["problems"]?.array ?? []
    #expect(problems.compactMap { $0["path"]?.text }.sorted() == ["failover.resum", "server.port"])
    #expect(problems.contains { $0["suggestion"]?.text == #"did you mean "resume"?"# })
    #expect(try fixture.file == before)
  }

  @Test func `a token is stored and never shown`() async throws {
    let answer = await site.order(
      .patch, "/settings", #"{"changes":{"server.auth_token":"tok-0123456789abcdef"}}"#)
    #expect(answer.status == 200 && !answer.text.contains("0123456789"))
    #expect(try answer.json["sections"]?["server"]?["auth_token"]?["secret"]?.text == "tok…cdef")
    #expect(site.backend.settings.server.authToken?.exposed == "tok-0123456789abcdef")
  }

  @Test func `failure rules are replaced as a whole`() async throws {
    let answer = await site.order(
      .put, "/failure-rules", #"{"rules":[{"status":"5xx","action":"bench","for":"10m"}]}"#)
    #expect(answer.status == 200)
    #expect(site.backend.settings.failover.rules.first?.action == .bench(.seconds(600)))
    #expect(try await site.ask("/admin/api/failure-rules").json["rules"]?.array?.count == 1)
    let wrong = await site.order(.put, "/failure-rules", #"{"rules":[{"body":"(","action":"retry"}]}"#)
    #expect(wrong.status == 422 && site.backend.settings.failover.rules.count == 1)
    #expect(await site.order(.put, "/failure-rules", #"{"rules":[]}"#).status == 200)
    #expect(site.backend.settings.failover.rules.isEmpty)
  }

  @Test func `tag rules are added, changed, ordered, switched and removed`() async throws {
    let added = await site.order(
      .post, "/tag-rules",
      #"{"config":{"name":"cheap","type":"builtin","builtin_type":"model","tag":"small","config":{"expected_value":"*haiku*"}}}"#
    )
    #expect(added.status == 201)
    #expect(await site.order(.put, "/tag-rules/order", #"{"names":["cheap","hard"]}"#).status == 200)
    #expect(site.backend.settings.tagging.rules.map(\.name) == ["cheap", "hard"])
    #expect(await site.order(.post, "/tag-rules/hard/toggle", #"{"enabled":false}"#).status == 200)
    let list = try await site.ask("/admin/api/tag-rules").json["rules"]?.array ?? []
    #expect(list.map { $0["enabled"]?.bool } == [true, false])
    let changed = await site.order(
      .put, "/tag-rules/cheap",
      #"{"config":{"name":"cheap","type":"builtin","builtin_type":"model","tag":"tiny","config":{"expected_value":"*haiku*"}}}"#
    )
    #expect(try changed.json["tag"]?.text == "tiny")
    #expect(await site.order(.delete, "/tag-rules/cheap").status == 204)
    #expect(await site.order(.delete, "/tag-rules/cheap").status == 404)
    #expect(try fixture.file.contains("# Hard ones."))
  }

  @Test func `the test bench says which rules match and where a request would go`() async throws {
    let report = try await site.order(
      .post, "/tag-rules/test",
      #"{"request":{"path":"/v1/messages","body":"{\"model\":\"m\",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000},\"messages\":[]}"}}"#
    ).json
    #expect(report["tags"]?.array?.compactMap(\.text) == ["thinking"])
    #expect(report["rules"]?.array?.first?["matched"]?.bool == true)
    let endpoints = report["endpoints"]?.array ?? []
    #expect(endpoints.compactMap { $0["position"]?.integer } == [1, 2])
    #expect(site.backend.health.snapshots().isEmpty, "nothing is counted")
  }

  @Test func `a rule that is not saved yet can be tried, one that cannot work is told`() async throws {
    let before = try fixture.file
    let body = #""request":{"path":"/v1/messages","body":"{\"model\":\"m\",\"messages\":[]}"}"#
    let report = try await site.order(
      .post, "/tag-rules/test",
      #"{\#(body),"rule":{"name":"all","type":"lua","tag":"x","script":"return true"}}"#
    ).json
    #expect(report["tags"]?.array?.compactMap(\.text) == ["x"])
    let broken = await site.order(
      .post, "/tag-rules/test",
      #"{\#(body),"rule":{"name":"all","type":"lua","tag":"x","script":"return )"}}"#)
    #expect(broken.status == 422)
    #expect(try fixture.file == before)
  }

  @Test func `a request that is none is told`() async {
    #expect(await site.order(.post, "/tag-rules/test", "{}").status == 422)
    let broken = await site.order(
      .post, "/tag-rules/test", #"{"request":{"path":"/v1/messages","body":"oops"}}"#)
    #expect(broken.status == 422)
    #expect(await site.order(.post, "/tag-rules/test", #"{"exchange":"none"}"#).status == 404)
  }

  @Test func `the self check tells what is amiss`() async throws {
    let checks = try await site.ask("/admin/api/self-check").json["checks"]?.array ?? []
    #expect(checks.compactMap { $0["name"]?.text } == ["configuration", "endpoints", "journal", "access"])
    #expect(checks.allSatisfy { $0["ok"]?.bool == true })
    for name in ["first", "second"] { site.backend.health.bench(name, for: .seconds(60), cause: "limit") }
    let later = try await site.ask("/admin/api/self-check").json["checks"]?.array ?? []
    #expect(
      later[1]["ok"]?.bool == false && later[1]["detail"]?.text == "0 of 2 can serve; at rest: first, second")
  }
}
