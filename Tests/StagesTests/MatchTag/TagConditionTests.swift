import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct TagConditionTests {
  @Test(arguments: [("/v1/messages", true), ("/v1/*", true), ("/v1/message", false), ("*count*", false)])
  func `path looks at the path without its query`(pattern: String, matches: Bool) async throws {
    #expect(try await TagFixture.matches(.path(pattern: pattern)) == matches)
  }

  @Test(arguments: [
    ("x-app", "cli", true), ("X-App", "c?i", true), ("x-app", "CLI", false), ("x-app", "", false),
    ("x-other", "*", false), ("x-twice", "two", true), ("x-twice", "one, two", false),
  ])
  func `header looks at each line of that name`(name: String, pattern: String, matches: Bool) async throws {
    var fields: HTTPFields = [HTTPField.Name("x-app")!: "cli"]
    fields.append(HTTPField(name: HTTPField.Name("x-twice")!, value: "one"))
    fields.append(HTTPField(name: HTTPField.Name("x-twice")!, value: "two"))
    let request = TagFixture.request(fields: fields)
    #expect(try await TagFixture.matches(.header(name: name, pattern: pattern), request) == matches)
  }

  @Test(
    arguments: [
      ("beta", "true", "beta=true", true), ("beta", "*", nil, false), ("beta", "*", "x=1", false),
      ("beta", "", "beta", true), ("beta", "", "beta=", true), ("q", "a b&c", "q=a+b%26c", true),
      ("q", "100%", "q=100%", true), ("q", "%zz", "q=%zz", true), ("q", "é", "q=%C3%A9", true),
      ("q", "1", "q=1&q=2", true), ("q", "2", "q=1&q=2", false), ("a b", "c=d", "&&a%20b=c=d", true),
      ("q", "\u{FFFD}", "q=%FF", true),
    ] as [(String, String, String?, Bool)])
  func `query looks at the first value, decoded`(
    name: String, pattern: String, query: String?, matches: Bool
  ) async throws {
    let request = TagFixture.request(query: query)
    #expect(try await TagFixture.matches(.query(name: name, pattern: pattern), request) == matches)
  }

  @Test(arguments: [(["POST"], true), (["get", "post"], true), (["GET"], false), ([], false)])
  func `method is one of a list`(methods: [String], matches: Bool) async throws {
    #expect(try await TagFixture.matches(.method(methods)) == matches)
  }

  @Test func `model looks at the name of the model`() async throws {
    #expect(try await TagFixture.matches(.model(pattern: "claude-sonnet*")))
    #expect(try await !TagFixture.matches(.model(pattern: "sonnet")))
    let models = TagFixture.request("", method: .get, path: "/v1/models")
    #expect(try await !TagFixture.matches(.model(pattern: "*"), models))
  }

  @Test func `user message looks at the last text of the last user message`() async throws {
    #expect(try await TagFixture.matches(.userMessage(pattern: "And*?")))
    #expect(try await !TagFixture.matches(.userMessage(pattern: "Fix*")))
    let none = TagFixture.request(with: #""messages":[{"role":"user","content":[]}]"#)
    #expect(try await !TagFixture.matches(.userMessage(pattern: "*"), none))
  }

  @Test(arguments: [
    (#"{"type":"enabled","budget_tokens":2048}"#, 2048, true),
    (#"{"type":"enabled","budget_tokens":2048}"#, 2049, false),
    (#"{"type":"adaptive"}"#, 0, true), (#"{"type":"adaptive"}"#, 1, false),
    (#"{"type":"disabled"}"#, 0, false),
    ("null", 0, false),
  ])
  func `thinking asks for a budget`(thinking: String, minimum: Int, matches: Bool) async throws {
    let request = TagFixture.request(with: #""thinking":\#(thinking)"#)
    #expect(try await TagFixture.matches(.thinking(minimumBudget: minimum), request) == matches)
  }

  static let members = #"""
    "metadata":{"user_id":"u1","a":{"b":"deep"}},"temperature":0.5,"max_tokens":4000,"flag":true,"nothing":null,\#
    "text":"42","tools":[{"name":"Read"},{"name":"Wri\u0074e"}],"esc\u0061ped":{"k\u0065y":"v"},\#
    "twice":{"x":1,"x":"last"},"twice2":{"x":{"y":1},"x":2},"again":1,"again":"last"
    """#

  @Test(
    arguments: [
      ("metadata.user_id", .matches(pattern: "u?"), true), ("metadata.a.b", .matches(pattern: "deep"), true),
      ("metadata", .matches(pattern: "*"), false), ("metadata", .exists(true), true),
      ("metadata.missing", .exists(true), false), ("metadata.missing", .exists(false), true),
      ("metadata.missing", .matches(pattern: "*"), false),
      ("metadata.missing", .compare(.notEqual, 1), false),
      ("metadata.user_id.more", .exists(true), false), ("nothing", .exists(false), true),
      ("temperature", .matches(pattern: "0.5"), true), ("flag", .matches(pattern: "true"), true),
      ("flag", .compare(.equal, 1), false), ("tools.1.name", .matches(pattern: "Write"), true),
      ("tools.2.name", .exists(true), false), ("tools.-1.name", .exists(true), false),
      ("tools.x.name", .exists(true), false), ("tools", .exists(true), true),
      ("escaped.key", .matches(pattern: "v"), true), ("twice.x", .matches(pattern: "last"), true),
      ("twice2.x.y", .exists(true), false), ("again", .matches(pattern: "last"), true),
      ("text", .compare(.equal, 42), false),
      ("max_tokens", .compare(.less, 4001), true), ("max_tokens", .compare(.less, 4000), false),
      ("max_tokens", .compare(.lessOrEqual, 4000), true), ("max_tokens", .compare(.lessOrEqual, 3999), false),
      ("max_tokens", .compare(.equal, 4000), true), ("max_tokens", .compare(.equal, 4001), false),
      ("max_tokens", .compare(.notEqual, 4001), true), ("max_tokens", .compare(.notEqual, 4000), false),
      ("max_tokens", .compare(.greaterOrEqual, 4000), true),
      ("max_tokens", .compare(.greaterOrEqual, 4001), false),
      ("max_tokens", .compare(.greater, 3999.5), true), ("max_tokens", .compare(.greater, 4000), false),
    ] as [(String, TagCondition.ValueTest, Bool)])
  func `body-json tests the value at a path`(
    path: String, test: TagCondition.ValueTest, matches: Bool
  ) async throws {
    let request = TagFixture.request(with: Self.members)
    #expect(try await TagFixture.matches(.bodyJSON(path: path, test: test), request) == matches)
  }

  @Test(
    arguments: [
      (.toolCount, .compare(.equal, 2), true), (.hasImage, .matches(pattern: "true"), true),
      (.estimatedInputTokens, .compare(.greater, 50), true), (.sessionID, .matches(pattern: "s1"), true),
      (.isStreamed, .matches(pattern: "true"), true), (.messageCount, .compare(.greaterOrEqual, 5), false),
      (.sessionID, .compare(.equal, 1), false), (.hasImage, .compare(.equal, 1), false),
    ] as [(TagCondition.Fact, TagCondition.ValueTest, Bool)])
  func `facts are tested like values of the body`(
    fact: TagCondition.Fact, test: TagCondition.ValueTest, matches: Bool
  ) async throws {
    #expect(try await TagFixture.matches(.fact(fact, test: test)) == matches)
  }

  @Test func `a request without a body has counts of 0 and no session`() async throws {
    let models = TagFixture.request("", method: .get, path: "/v1/models")
    #expect(try await TagFixture.matches(.fact(.toolCount, test: .compare(.equal, 0)), models))
    #expect(try await TagFixture.matches(.fact(.sessionID, test: .exists(false)), models))
    #expect(try await TagFixture.matches(.bodyJSON(path: "model", test: .exists(false)), models))
  }

  @Test(
    arguments: [
      (.all([]), true), (.any([]), false), (.not(.any([])), true),
      (.all([.method(["POST"]), .model(pattern: "claude*")]), true),
      (.all([.method(["POST"]), .model(pattern: "gpt*")]), false),
      (.any([.method(["GET"]), .model(pattern: "claude*")]), true),
      (.any([.method(["GET"]), .model(pattern: "gpt*")]), false),
      (.not(.all([.method(["POST"]), .not(.model(pattern: "gpt*"))])), false),
    ] as [(TagCondition, Bool)])
  func `composites combine conditions`(condition: TagCondition, matches: Bool) async throws {
    #expect(try await TagFixture.matches(condition) == matches)
  }
}
