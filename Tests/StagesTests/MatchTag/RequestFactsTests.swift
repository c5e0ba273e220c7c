import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct RequestFactsTests {
  let sessionHeader = HTTPField.Name("x-claude-code-session-id")!

  @Test func `reads a turn of Claude Code`() throws {
    let facts = try RequestFacts.read(TagFixture.request())
    #expect(facts.kind == .messages)
    #expect(facts.model == "claude-sonnet-4-5")
    #expect(facts.isStreamed)
    #expect(facts.maxTokens == 128_000)
    #expect(facts.thinking == .adaptive)
    #expect(facts.messageCount == 4)
    #expect(facts.lastUserText == "And now?")
    #expect(facts.hasImage)
    #expect(facts.toolNames == ["Read", "mcp__x__y"])
    #expect(!facts.allowsInvalidToolInput)
    #expect(facts.sessionID == "s1")
    #expect(facts.userID?.hasPrefix(#"{"device_id":"d1""#) == true)
  }

  @Test func `ranges of the top level cut out exactly the keys and values`() throws {
    // A slice that does not start at 0: ranges are indexes, not offsets.
    var request = TagFixture.request(#"  { "model" : "m" , "stream":true,"x": [ 1 ] ,"model":"n"}  "#)
    request.body = Bytes(utf8: "garbage") + request.body
    request.body = request.body.dropFirst(7)
    let facts = try RequestFacts.read(request)
    #expect(facts.model == "n")
    #expect(facts.fields.map(\.key) == ["model", "stream", "x", "model"])
    #expect(
      facts.fields.map { request.body[$0.keyRange].text } == [
        #""model""#, #""stream""#, #""x""#, #""model""#,
      ])
    #expect(facts.fields.map { request.body[$0.valueRange].text } == [#""m""#, "true", "[ 1 ]", #""n""#])
  }

  @Test func `keys of the top level may be written with escapes`() throws {
    #expect(try RequestFacts.read(TagFixture.request(#"{"mod\u0065l":"m"}"#)).model == "m")
  }

  @Test(arguments: [
    ("/v1/messages", HTTPRequest.Method.post, RequestFacts.Kind.messages),
    ("/v1/messages/count_tokens", .post, .countTokens),
    ("/v1/messages/", .post, .passThrough),
    ("/v1/messages", .get, .passThrough),
    ("/v1/models", .get, .passThrough),
  ])
  func `path and method tell the kind`(path: String, method: HTTPRequest.Method, kind: RequestFacts.Kind)
    throws
  {
    let request = TagFixture.request(method: method, path: path)
    #expect(try RequestFacts.read(request).kind == kind)
  }

  @Test func `nothing of another request's body is read`() throws {
    let request = TagFixture.request("not JSON", path: "/v1/files", fields: [sessionHeader: "s9"])
    let facts = try RequestFacts.read(request)
    #expect(facts.fields.isEmpty)
    #expect(facts.model == nil)
    #expect(facts.sessionID == "s9")
  }

  @Test(
    arguments: [
      (#""messages":[{"role":"user","content":"plain"}]"#, "plain"),
      (#""messages":[{"content":"first","role":"user"},{"role":"assistant","content":"x"}]"#, "first"),
      (#""messages":[{"role":"user","content":"a"},{"role":"user","content":[]}]"#, nil),
      (#""messages":[{"role":"user","content":"a"},{"role":"system","content":"b"}]"#, "a"),
      (#""messages":[{"role":"user","content":[{"text":"t","type":"text"},{"type":"image"}]}]"#, "t"),
      (#""messages":[{"role":"user","content":[{"type":"tool_result","content":"r"}]}]"#, nil),
      (#""messages":[{"role":"user","content":[{"type":"thinking","thinking":"h"}]}]"#, nil),
      (#""messages":[{"role":"user","content":"\u00e9\ud83d\ude00\n"}]"#, "é😀\n"),
      (#""messages":[{"role":"user","content":"a"}],"messages":[]"#, nil),
      (#""messages":{"role":"user"}"#, nil),
    ] as [(String, String?)])
  func `finds the last text of the last user message`(members: String, text: String?) throws {
    #expect(try TagFixture.facts(with: members).lastUserText == text)
  }

  @Test(arguments: [
    (#""thinking":{"type":"enabled","budget_tokens":4096}"#, RequestFacts.Thinking.enabled(budget: 4096)),
    (#""thinking":{"budget_tokens":"many","type":"enabled"}"#, .enabled(budget: 0)),
    (#""thinking":{"type":"between_tools"}"#, .adaptive),
    (#""thinking":{"type":"disabled"}"#, .off),
    (#""thinking":"enabled""#, .off),
    (#""thinking":null"#, .off),
  ])
  func `reads the thinking mode`(members: String, thinking: RequestFacts.Thinking) throws {
    #expect(try TagFixture.facts(with: members).thinking == thinking)
  }

  @Test func `fields of the wrong type count as absent`() throws {
    let facts = try TagFixture.facts(
      with: #"""
        "stream":"yes","max_tokens":1.5,"messages":[1,null,{"role":7,"content":{"a":1}},{"content":[2,"x",{}]}],
        "tools":[null,{"name":4},{"eager_input_streaming":"x"}],"metadata":[],"system":12,"thinking":[]
        """#)
    #expect(!facts.isStreamed)
    #expect(facts.maxTokens == nil)
    #expect(facts.messageCount == 4)
    #expect(facts.toolNames.isEmpty)
    #expect(!facts.allowsInvalidToolInput)
    #expect(facts.userID == nil)
  }

  @Test(
    arguments: [
      (#"{\"device_id\":\"d\",\"session_id\":\"s-new\"}"#, "s-new"),
      ("user_0f_account__session_1b2c", "1b2c"),
      ("user_0f_account_x_session_a_session_b", "b"),
      (#"{\"session_id\":null}"#, nil),
      (#"{\"session_id\":\"\"}"#, nil),
      (#"{broken"#, nil),
      ("user_0f_session_", nil),
      ("somebody", nil),
    ] as [(String, String?)])
  func `finds the session in both forms of user_id`(userID: String, session: String?) throws {
    #expect(try TagFixture.facts(with: #""metadata":{"user_id":"\#(userID)"}"#).sessionID == session)
  }

  @Test func `the session header comes before the body`() throws {
    let request = TagFixture.request(fields: [sessionHeader: "from-header"])
    #expect(try RequestFacts.read(request).sessionID == "from-header")
    let empty = TagFixture.request(fields: [sessionHeader: ""])
    #expect(try RequestFacts.read(empty).sessionID == "s1")
  }

  @Test func `tool input may be invalid where streaming it was asked for`() throws {
    #expect(
      try TagFixture.facts(with: #""tools":[{},{"eager_input_streaming":true}]"#).allowsInvalidToolInput)
    let beta = HTTPField.Name("anthropic-beta")!
    let request = TagFixture.request(fields: [beta: "a,fine-grained-tool-streaming-2025-05-14"])
    #expect(try RequestFacts.read(request).allowsInvalidToolInput)
  }

  @Test func `sees an image wherever it is`() throws {
    let image = #"{"type":"image","source":{"type":"url","url":"https://x"}}"#
    #expect(try TagFixture.facts(with: #""messages":[{"content":[\#(image)]}]"#).hasImage)
    #expect(
      try TagFixture.facts(with: #""messages":[{"content":[{"type":"tool_result","content":[\#(image)]}]}]"#)
        .hasImage)
    #expect(try !TagFixture.facts(with: #""messages":[{"content":[{"type":"document"}]}]"#).hasImage)
    #expect(try !TagFixture.facts(with: #""x":[\#(image)]"#).hasImage)
  }
}
