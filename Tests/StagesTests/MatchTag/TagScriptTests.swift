import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct TagScriptTests {
  @Test(arguments: [
    ("return true", true), ("return 0", true), ("return 'no'", true), ("return false", false),
    ("return nil", false),
    ("return", false), ("", false), ("return nil, true", false),
    ("function should_tag() return true end", true), ("function should_tag() return false end", false),
    ("function should_tag() return true end return false", false), ("should_tag = 5", false),
    ("if request.stream then return true end", true),
  ])
  func `a true result is a match`(source: String, matches: Bool) async throws {
    let counts = try await TagFixture.run(source)
    #expect(counts.matches == (matches ? 1 : 0))
    #expect(counts.misses == (matches ? 0 : 1))
    #expect(counts.lastFailure == nil)
  }

  @Test(arguments: [
    "request.path == '/v1/messages'", "request.method == 'POST'", "request.query.beta == 'true'",
    "request.query.twice == '1'", "request.query.absent == nil", "request.headers['x-app'] == 'cli'",
    "request.headers['x-twice'] == 'one, two'", "request.model == 'claude-sonnet-4-5'",
    "request.session_id == 's1'",
    "request.stream == true", "request.message_count == 4", "request.tool_count == 2", "#request.tools == 2",
    "request.tools[1] == 'Read'", "request.tools[2] == 'mcp__x__y'", "request.has_image == true",
    "request.estimated_input_tokens > 50", "math.type(request.tool_count) == 'integer'",
    "request.last_user_message == 'And now?'", "request.thinking_budget == 0", "request.body == nil",
    "request.headers.authorization == nil", "request.headers['x-api-key'] == nil",
    "request.headers.cookie == nil",
    "request.headers['proxy-authorization'] == nil",
  ])
  func `scripts see the request`(expression: String) async throws {
    var fields: HTTPFields = [
      .authorization: "Bearer secret", .cookie: "c", .proxyAuthorization: "p",
      HTTPField.Name("X-Api-Key")!: "secret", HTTPField.Name("X-App")!: "cli",
    ]
    fields.append(HTTPField(name: HTTPField.Name("x-twice")!, value: "one"))
    fields.append(HTTPField(name: HTTPField.Name("x-twice")!, value: "two"))
    let request = TagFixture.request(query: "beta=true&twice=1&twice=2", fields: fields)
    let counts = try await TagFixture.run("return \(expression)", request)
    #expect(counts.matches == 1, "\(counts)")
  }

  @Test func `no credential is anywhere in what scripts see`() async throws {
    let request = TagFixture.request(fields: [
      .authorization: "secret", HTTPField.Name("x-api-key")!: "secret", .cookie: "secret",
    ])
    let search = """
      local function has(value)
        if value == 'secret' then return true end
        if type(value) == 'table' then for _, inner in pairs(value) do if has(inner) then return true end end end
      end
      return has(request)
      """
    #expect(try await TagFixture.run(search, request).misses == 1)
  }

  @Test(arguments: [
    "request.model == nil", "request.last_user_message == nil", "request.session_id == nil",
    "request.thinking_budget == nil", "request.tool_count == 0", "#request.tools == 0",
    "request.stream == false",
  ])
  func `what a request lacks is nil, 0 or false`(expression: String) async throws {
    let models = TagFixture.request("", method: .get, path: "/v1/models")
    #expect(try await TagFixture.run("return \(expression)", models).matches == 1)
  }

  @Test func `a long user message is cut between characters`() async throws {
    let text = "x" + String(repeating: "é", count: 200_000)
    let request = TagFixture.request(with: #""messages":[{"role":"user","content":"\#(text)"}]"#)
    let counts = try await TagFixture.run(
      "return #request.last_user_message == 256 * 1024 - 1 and request.last_user_message:sub(-2) == 'é'",
      request)
    #expect(counts.matches == 1, "\(counts)")
  }

  @Test func `thinking budgets are passed on`() async throws {
    let request = TagFixture.request(with: #""thinking":{"type":"enabled","budget_tokens":2048}"#)
    #expect(try await TagFixture.run("return request.thinking_budget == 2048", request).matches == 1)
  }

  @Test func `one run sees nothing of another`() async throws {
    let counts = try await TagFixture.run(
      """
      if seen or string.seen or request.seen or _G.seen then return true end
      seen = 1 string.seen = 1 request.seen = 1 rawset(_G, 'seen', 1)
      string.find = nil
      """, times: 3)
    #expect(counts.misses == 3, "\(counts)")
  }

  @Test(arguments: [
    ("error('told so')", "script.lua:1: told so"), ("\n\nerror('told so')", "script.lua:3: told so"),
    ("error({})", "script.lua: an error that is not a text"), ("error('bare', 0)", "script.lua: bare"),
    ("return #nil", "script.lua:1: attempt to get length of a nil value"),
    ("return ('x'):find('[a')", "script.lua:1: malformed pattern (missing ']')"),
  ])
  func `a failure says where and why`(source: String, text: String) async throws {
    let counts = try await TagFixture.run(source)
    #expect(counts.failures == 1)
    #expect(counts.lastFailure == text)
  }
}
