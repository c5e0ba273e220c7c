import Pipeline
import ProxyTesting
import Testing

@testable import Stages

@Suite struct RefusalTests {
  static func message(_ content: String) -> String {
    #"{"messages":[{"role":"user","content":\#(content)}]}"#
  }

  @Test(arguments: [
    ("[]", "body", ProxyFailure.Retry.never), ("{", "body", .never), ("", "body", .never),
    ("{}", "messages", .never), (#"{"messages":{}}"#, "messages", .never),
    (#"{"messages":[]}"#, "messages", .nextEndpoint), (#"{"messages":[7]}"#, "messages[0]", .never),
    (#"{"messages":[{"role":"user","content":[]}]}"#, "messages", .nextEndpoint),
    (#"{"messages":[{"content":"x"}]}"#, "messages[0].role", .never),
    (#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0].role", .never),
    (message("7"), "messages[0].content", .never), (message("{}"), "messages[0].content", .never),
    (message(#"["x"]"#), "messages[0].content[0]", .never),
    (message(#"[{"text":"x"}]"#), "messages[0].content[0]", .never),
    (message(#"[{"type":"text"}]"#), "messages[0].content[0].text", .never),
    (message(#"[{"type":"text","text":7}]"#), "messages[0].content[0].text", .never),
    (message(#"[{"type":"image"}]"#), "messages[0].content[0].source", .never),
    (message(#"[{"type":"image","source":{"type":"url"}}]"#), "messages[0].content[0].source.url", .never),
    (
      message(#"[{"type":"image","source":{"type":"file","file_id":"f"}}]"#), "messages[0].content[0].source",
      .nextEndpoint
    ),
    (
      message(#"[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]"#),
      "messages[0].content[0].source.data", .never
    ),
    (message(#"[{"type":"tool_result","content":"x"}]"#), "messages[0].content[0].tool_use_id", .never),
    (
      message(#"[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text"}]}]"#),
      "messages[0].content[0].content[0].text", .never
    ),
    (
      #"{"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"T","input":{}}]}]}"#,
      "messages[0].content[0].id", .never
    ),
    (
      #"{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","input":{}}]}]}"#,
      "messages[0].content[0].name", .never
    ),
    (#"{"system":7,"messages":[{"role":"user","content":"x"}]}"#, "system", .never),
    (#"{"system":[{"type":"image"}],"messages":[{"role":"user","content":"x"}]}"#, "system[0].text", .never),
    (#"{"messages":[{"role":"user","content":"x"}],"tools":[7]}"#, "tools[0]", .never),
    (#"{"messages":[{"role":"user","content":"x"}],"tools":[{}]}"#, "tools[0].name", .never),
    (#"{"thread":{"type":"continue"},"messages":[{"role":"user","content":"x"}]}"#, "thread", .nextEndpoint),
  ])
  func `what cannot be translated is refused by name`(
    _ body: String, _ place: String, _ retry: ProxyFailure.Retry
  ) {
    let failure = #expect(throws: ProxyFailure.self) { try RequestFixture.run(body) }
    #expect(failure?.code == .badRequest)
    #expect(failure?.httpStatus == 400)
    #expect(failure?.retry == retry)
    #expect(failure?.detail.hasPrefix("\(place): ") == true, "\(failure?.detail ?? "")")
  }

  @Test func `a refused thread is told the way that makes clients start over`() throws {
    let failure = try #require(
      #expect(throws: ProxyFailure.self) {
        try RequestFixture.run(#"{"thread":{"type":"create"},"messages":[{"role":"user","content":"x"}]}"#)
      })
    let body = try JSONFields(try #require(failure.upstreamBody))
    let error = try #require(body.object("error"))
    #expect(error.string("type") == "invalid_request_error")
    #expect(error.object("details")?.string("error_code") == "thread_unsupported_request")
  }

  @Test func `an override that is no JSON is the endpoint's fault`() {
    for value in ["", "{", "nope", "1 2"] {
      var endpoint = RequestFixture.endpoint
      endpoint.parameterOverrides = [.init(name: "a", value: value)]
      let failure = #expect(throws: ProxyFailure.self) {
        try RequestFixture.run(Self.message(#""x""#), endpoint: endpoint)
      }
      #expect(failure?.code == .internalFault)
      #expect(failure?.retry == .nextEndpoint)
    }
  }

  /// Values of every kind at every place of a request that has everything.
  @Test func `wrong types anywhere are translated or refused, never worse`() throws {
    let whole = ConversationGenerator.wholeBody
    var random = SeededRandom(seed: 11)
    let values = ["null", "7", "-1e99", #""""#, #""x""#, "[]", "[[]]", "{}", "true", #"{"type":"text"}"#]
    // Each match of a value is replaced in turn by a value of another kind.
    let places = whole.ranges(of: /"[^"\\]*"|\d+|\{\}|\[\]|true|false/)
    for place in places {
      let value = values.randomElement(using: &random)!
      var body = whole
      body.replaceSubrange(place, with: value)
      do {
        if case .send(let translated) = try RequestFixture.run(body) { #expect(translated.body.isJSON) }
      } catch let failure as ProxyFailure {
        #expect(failure.httpStatus == 400, "\(body)")
      }
    }
    #expect(places.count > 200)
  }

  @Test func `nesting and invalid text do not hurt`() throws {
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    #expect(throws: ProxyFailure.self) { try RequestFixture.run(Self.message(deep)) }
    var body = Array(Self.message(#""x""#).utf8)
    body[body.count - 5] = 0xFF
    let translated = try TranslateRequest(
      profile: RequestFixture.profile(), endpoint: RequestFixture.endpoint
    )
    .translated(Bytes(body), model: "m", memory: Memory())
    guard case .send(let request) = translated else { return }
    #expect(request.body.contains(0xFF))
  }
}
