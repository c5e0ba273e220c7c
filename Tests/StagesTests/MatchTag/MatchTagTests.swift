import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct MatchTagTests {
  func rule(_ name: String, priority: Int = 1, _ condition: TagCondition) -> TagRule {
    var rule = TagRule(name: name, tag: "tag-\(name)", condition: condition)
    rule.priority = priority
    return rule
  }

  @Test func `every rule that is switched on runs, by priority`() async throws {
    var off = rule("off", .path(pattern: "*"))
    off.isEnabled = false
    let step = try MatchTag(rules: [
      rule("b", priority: 2, .path(pattern: "*")), rule("a", priority: 1, .model(pattern: "claude*")),
      rule("c", priority: 2, .path(pattern: "/no")), off,
    ])
    let request = TagFixture.request()
    let tagged = try await step.run(request, in: TagFixture.exchange(request))
    #expect(tagged.tags == ["tag-a", "tag-b"])
    #expect(tagged.facts.model == "claude-sonnet-4-5")
    #expect(step.ruleCounts.map(\.rule) == ["a", "b", "c"])
    #expect(step.ruleCounts.map(\.matches) == [1, 1, 0])
    #expect(step.ruleCounts.map(\.misses) == [0, 0, 1])
  }

  @Test func `notes on the exchange what it read`() async throws {
    let request = TagFixture.request()
    let exchange = TagFixture.exchange(request)
    let step = try MatchTag(rules: [rule("b", .path(pattern: "*")), rule("a", .path(pattern: "*"))])
    _ = try await step.run(request, in: exchange)
    let record = exchange.recordSoFar
    #expect(record.tags == ["tag-a", "tag-b"])
    #expect(record.model == "claude-sonnet-4-5")
    #expect(record.session == "s1")
    #expect(record.isStreamed)
  }

  @Test func `a rule that fails is counted and the others still run`() async throws {
    let broken = TagFixture.script("local nothing\nreturn nothing.x")
    let rules = [
      rule("broken", broken), rule("not", .not(broken)), rule("any", .any([broken, .path(pattern: "*")])),
      rule("spared", .any([.path(pattern: "*"), broken])), rule("fine", .path(pattern: "*")),
    ]
    let step = try MatchTag(rules: rules, limits: TagFixture.patient)
    let request = TagFixture.request()
    for _ in 0..<2 {
      #expect(
        try await step.run(request, in: TagFixture.exchange(request)).tags == ["tag-spared", "tag-fine"])
    }
    let counts = step.ruleCounts
    #expect(counts.map(\.failures) == [2, 2, 2, 0, 0])
    #expect(counts.map(\.matches) == [0, 0, 0, 2, 2])
    #expect(counts.allSatisfy { $0.misses == 0 })
    #expect(counts[0].lastFailure?.hasPrefix("script.lua:2: attempt to index a nil value") == true)
    #expect(counts[4].lastFailure == nil)
  }

  @Test func `a body that cannot be read fails the exchange`() async throws {
    let step = try MatchTag(rules: [])
    let request = TagFixture.request("{")
    let failure = await #expect(throws: ProxyFailure.self) {
      try await step.run(request, in: TagFixture.exchange(request))
    }
    #expect(failure?.httpStatus == 400)
  }

  @Test(
    arguments: [
      (.script(source: "return 1\nreturn 2", name: "x.lua"), "x.lua:2:", 2),
      (.script(source: "\u{1B}LuaT", name: "x.lua"), "binary chunk", nil),
      (.header(name: "bad name", pattern: "*"), "`bad name`", nil),
      (.bodyJSON(path: "", test: .exists(true)), "``", nil),
      (.bodyJSON(path: "a..b", test: .exists(true)), "`a..b`", nil),
      (.not(.any([.all([.header(name: "", pattern: "*")])])), "header name", nil),
    ] as [(TagCondition, String, Int?)])
  func `a rule that cannot work is refused at once`(
    condition: TagCondition, says: String, line: Int?
  ) throws {
    let faulty = rule("faulty", condition)
    let error = try #require(throws: TagRuleError.self) { try MatchTag(rules: [faulty]) }
    #expect(error.rule == "faulty")
    #expect(error.line == line)
    #expect(error.description.hasPrefix("Tag rule `faulty`: "))
    #expect(error.description.contains(says), "\(error)")
    #expect(throws: error) { try MatchTag.check(faulty) }
  }

  @Test func `a faulty rule that is switched off is no fault, but found by a check`() throws {
    var faulty = rule("faulty", .script(source: "(", name: "x"))
    faulty.isEnabled = false
    #expect(try MatchTag(rules: [faulty]).ruleCounts.isEmpty)
    #expect(throws: TagRuleError.self) { try MatchTag.check(faulty) }
    #expect(throws: Never.self) { try MatchTag.check(rule("fine", .path(pattern: "*"))) }
  }
}
