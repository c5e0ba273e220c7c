import Pipeline
import Testing

@testable import Stages

@Suite struct ToolListTests {
  static func names(_ tools: String, _ messages: String = #"{"role":"user","content":"hi"}"#) throws
    -> [String]
  {
    let translated = try RequestFixture.translate(#"{"messages":[\#(messages)],"tools":[\#(tools)]}"#)
    return try (JSONFields(translated.body).array("tools") ?? []).map {
      try JSONFields($0).object("function")?.string("name") ?? ""
    }
  }

  static let a = #"{"name":"A"}"#
  static let b = #"{"name":"B","defer_loading":true}"#
  static let c = #"{"name":"C","defer_loading":true}"#
  static let search = #"{"name":"ToolSearch"}"#

  /// A search of the client's that finds these.
  static func found(_ names: String...) -> String {
    let references = names.map { #"{"type":"tool_reference","tool_name":"\#($0)"}"# }
    return #"""
      {"role":"assistant","content":[{"type":"tool_use","id":"s","name":"ToolSearch","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"s","content":[\#(references.joined(separator: ","))]}]}
      """#
  }

  @Test func `deferred tools are sent once they were found`() throws {
    #expect(try Self.names("\(Self.b),\(Self.search),\(Self.c),\(Self.a)") == ["ToolSearch", "A"])
    #expect(
      try Self.names("\(Self.b),\(Self.search),\(Self.c),\(Self.a)", Self.found("C", "A", "gone"))
        == ["ToolSearch", "A", "C"])
    #expect(
      try Self.names("\(Self.b),\(Self.search),\(Self.c),\(Self.a)", Self.found("C") + "," + Self.found("B"))
        == ["ToolSearch", "A", "C", "B"])
  }

  @Test func `without a search that works all tools are sent`() throws {
    #expect(try Self.names("\(Self.a),\(Self.b),\(Self.c)") == ["A", "B", "C"])
    let atAnthropic = #"{"type":"tool_search_tool_bm25_20251119","name":"tool_search_tool_bm25"}"#
    #expect(try Self.names("\(atAnthropic),\(Self.a),\(Self.b)") == ["A", "B"])
    let found = #"""
      {"role":"assistant","content":[{"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"C"}]}}]},{"role":"user","content":"x"}
      """#
    #expect(try Self.names("\(atAnthropic),\(Self.a),\(Self.b),\(Self.c)", found) == ["A", "B", "C"])
  }

  @Test func `system messages add and remove tools`() throws {
    func change(_ blocks: String) -> String {
      #"{"role":"user","content":"x"},{"role":"system","content":[\#(blocks)]}"#
    }
    let add = #"{"type":"tool_addition","tool":{"type":"tool_reference","name":"B"}}"#
    let remove = #"{"type":"tool_removal","tool":{"type":"tool_reference","name":"A"}}"#
    let define =
      #"{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"D","description":"new"}}}"#
    #expect(try Self.names("\(Self.a),\(Self.b),\(Self.c)", change(add)) == ["A", "B"])
    #expect(try Self.names("\(Self.a),\(Self.b)", change(remove)) == [])
    #expect(try Self.names("\(Self.a),\(Self.b)", change("\(remove),\(add),\(define)")) == ["B", "D"])
    let compacted =
      #"{"role":"assistant","content":[{"type":"compaction","content":"s","tool_changes":[\#(define),\#(remove)]}]},{"role":"user","content":"x"}"#
    #expect(try Self.names(Self.a, compacted) == ["D"])
  }

  @Test func `tools that only Anthropic runs are dropped`() throws {
    let body = #"""
      {"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"web_search_20250305","name":"web_search"},
      {"type":"mcp_toolset","mcp_server_name":"s"},{"type":"advisor_20260301","name":"advisor"},{"name":"A"}]}
      """#
    let translated = try RequestFixture.translate(body)
    #expect(translated.degradations == [Degradation(.serverToolDropped, at: "tools[0]", count: 3)])
    #expect(try JSONFields(translated.body).array("tools")?.count == 1)
  }

  @Test(arguments: [
    ("bash_20250124", "bash", "restart"), ("text_editor_20250728", "str_replace_based_edit_tool", "old_str"),
    ("memory_20250818", "memory", "new_path"),
  ])
  func `tools that Anthropic's models know get a schema`(_ type: String, _ name: String, _ property: String)
    throws
  {
    let translated = try RequestFixture.translate(
      #"{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"\#(type)","name":"\#(name)"}]}"#)
    let tool = try JSONFields(try #require(JSONFields(translated.body).array("tools")?.first))
    let function = try #require(tool.object("function"))
    #expect(function.string("name") == name)
    #expect(function.string("description")?.isEmpty == false)
    #expect(function.object("parameters")?.object("properties")?[property] != nil)
  }

  @Test(arguments: ["computer_20250124", "browser_toolset_20260801", "telepathy_2027"])
  func `other typed tools are refused by name`(_ type: String) throws {
    let failure = #expect(throws: ProxyFailure.self) {
      try RequestFixture.run(
        #"{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"A"},{"type":"\#(type)","name":"screen"}]}"#
      )
    }
    #expect(failure?.httpStatus == 400)
    #expect(failure?.retry == .nextEndpoint)
    #expect(failure?.detail.hasPrefix("tools[1]: The tool screen of the type \(type)") == true)
  }

  // MARK: Answers without an endpoint

  @Test(arguments: [
    ("web_search_20250305", "web_search", "web_search"), ("web_fetch_20250910", "web_fetch", "web_fetch"),
    ("code_execution_20250825", "code_execution", "code_execution"),
  ])
  func `a request with nothing but tools of Anthropic's is answered here`(
    _ type: String, _ name: String, _ family: String
  ) throws {
    let body =
      #"{"model":"claude-opus-5","max_tokens":9,"messages":[{"role":"user","content":"q"}],"tools":[{"type":"\#(type)","name":"\#(name)"}]}"#
    guard case .answerLocally(let answer) = try RequestFixture.run(body) else {
      Issue.record("sent")
      return
    }
    #expect(answer.reason == .onlyServerTools)
    let content = try #require(JSONFields(answer.message).array("content")).map(JSONFields.init)
    #expect(content.map { $0.string("type") } == ["server_tool_use", "\(family)_tool_result", "text"])
    let error = content[1].object("content")
    #expect(error?.string("type") == "\(family)_tool_result_error")
    #expect(error?.string("error_code") == "unavailable")
    #expect(content[0].string("id") == content[1].string("tool_use_id"))
    let expectation = AnswerExpectation(model: "claude-opus-5")
    let checked = try MessageValidator.check(answer.message, expectation: expectation)
    #expect(checked.message == answer.message)
  }

  @Test func `a request for no tokens is answered with an empty message`() throws {
    let body = #"{"model":"claude-opus-5","max_tokens":0,"messages":[{"role":"user","content":"q"}]}"#
    guard case .answerLocally(let answer) = try RequestFixture.run(body) else {
      Issue.record("sent")
      return
    }
    #expect(answer.reason == .nothingToGenerate)
    let message = try JSONFields(answer.message)
    #expect(message["content"]?.text == "[]")
    #expect(message.string("stop_reason") == "end_turn")
    #expect(message.string("model") == "claude-opus-5")
    #expect(try MessageReplay.events(from: answer.message).text.contains("event: message_stop"))
  }
}
