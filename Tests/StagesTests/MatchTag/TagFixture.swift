import HTTPTypes
import Pipeline
import Stages

/// Requests as Claude Code sends them, and a way to run rules over them.
enum TagFixture {
  /// The shape of a real turn, key for key; shorter.
  static let body = #"""
    {"model":"claude-sonnet-4-5","messages":[{"role":"user","content":[{"type":"text","text":\#
    "<system-reminder>Be careful.</system-reminder>"},{"type":"text","text":"Fix the \"bug\"\n"}]},\#
    {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},\#
    {"type":"tool_use","id":"toolu_1","name":"Read","input":{"file_path":"/a"}}]},\#
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text",\#
    "text":"a picture"},{"type":"image","source":{"type":"base64","media_type":"image/png",\#
    "data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}}]},{"type":"text","text":"And now?"}]},\#
    {"role":"system","content":"Be brief."}],"system":[{"type":"text",\#
    "text":"x-anthropic-billing-header: cc"},{"type":"text","text":"You are Claude Code.",\#
    "cache_control":{"type":"ephemeral"}}],"tools":[{"name":"Read","description":"Reads.",\#
    "input_schema":{"type":"object"}},{"name":"mcp__x__y","input_schema":{},"defer_loading":true}],\#
    "metadata":{"user_id":"{\"device_id\":\"d1\",\"account_uuid\":\"a1\",\"session_id\":\"s1\"}"},\#
    "max_tokens":128000,"thinking":{"type":"adaptive","display":"updates"},\#
    "context_management":{"edits":[]},"output_config":{"effort":"high"},"stream":true}
    """#

  static func request(
    _ body: String = body, method: HTTPRequest.Method = .post, path: String = "/v1/messages",
    query: String? = "beta=true", fields: HTTPFields = [:]
  ) -> ClientRequest {
    ClientRequest(method: method, path: path, query: query, fields: fields, body: Bytes(utf8: body))
  }

  /// A body with these members beside the model.
  static func request(with members: String) -> ClientRequest {
    request(#"{"model":"m",\#(members)}"#)
  }

  static func facts(with members: String) throws -> RequestFacts {
    try RequestFacts.read(request(with: members))
  }

  static func matches(_ condition: TagCondition, _ request: ClientRequest = request()) async throws -> Bool {
    let step = try MatchTag(rules: [TagRule(name: "rule", tag: "tag", condition: condition)])
    return try await step.run(request, in: exchange(request)).tags == ["tag"]
  }

  static func script(_ source: String) -> TagCondition { .script(source: source, name: "script.lua") }

  /// The standard limits, but time enough for a busy machine.
  static let patient: ScriptLimits = {
    var limits = ScriptLimits()
    limits.time = .seconds(30)
    return limits
  }()

  /// What became of a rule with that script after some runs.
  static func run(
    _ source: String, times: Int = 1, limits: ScriptLimits = patient,
    _ request: ClientRequest = request()
  ) async throws -> RuleCounts {
    let rule = TagRule(name: "rule", tag: "tag", condition: script(source))
    let step = try MatchTag(rules: [rule], limits: limits)
    for _ in 0..<times { _ = try await step.run(request, in: exchange(request)) }
    return step.ruleCounts[0]
  }

  static func exchange(_ request: ClientRequest) -> Exchange {
    RoutingFixture().exchange(TaggedRequest(request: request, facts: RequestFacts()))
  }
}

/// A seeded generator: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }
}
