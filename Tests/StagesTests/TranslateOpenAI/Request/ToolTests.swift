import Pipeline
import Testing

@testable import Stages

@Suite struct ToolTests {
  static func function(_ members: String) -> String { #"{"type":"function","function":{\#(members)}}"# }
  static let empty: String = #""parameters":{"type":"object","properties":{}}"#

  struct Row: Sendable, CustomTestStringConvertible {
    var tool: String
    var function: String
    var losses: [Degradation.Code]
    var change: RequestFixture.Change

    init(
      _ tool: String, _ function: String, losses: [Degradation.Code] = [],
      _ change: @escaping RequestFixture.Change = { _ in }
    ) {
      (self.tool, self.function, self.losses, self.change) = (tool, function, losses, change)
    }

    var testDescription: String { tool }
  }

  static let strictSchema = ParameterTests.strict
  static let definitions: [Row] = [
    Row(
      #"{"name":"T","description":"d\u00e9","input_schema":{ "type": "object", "properties": { "b": {"minimum": 1.0}, "a": {} } }}"#,
      #""name":"T","description":"d\u00e9","parameters":{ "type": "object", "properties": { "b": {"minimum": 1.0}, "a": {} } }"#
    ),
    Row(#"{"name":"T","input_schema":{"type":"object"}}"#, #""name":"T",\#(empty)"#),
    Row(#"{"name":"T"}"#, #""name":"T",\#(empty)"#),
    Row(
      #"{"type":"custom","name":"T","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"},"eager_input_streaming":true,"allowed_callers":["direct"]}"#,
      #""name":"T",\#(empty)"#),
    Row(
      #"{"name":"T","description":"d","input_examples":[{ "a": 1 },{"a":2}],"input_schema":{"type":"object","properties":{}}}"#,
      #""name":"T","description":"d\n\nExamples of input:\n{\"a\":1}\n{\"a\":2}",\#(empty)"#),
    Row(
      #"{"name":"T","strict":true,"input_schema":\#(strictSchema)}"#,
      #""name":"T","parameters":\#(strictSchema),"strict":true"#
    ) { $0.acceptsStrictTools = true },
    Row(
      #"{"name":"T","strict":true,"input_schema":\#(strictSchema)}"#,
      #""name":"T","parameters":\#(strictSchema)"#, losses: [.strictDropped]),
    Row(
      #"{"name":"T","strict":true,"input_schema":{"type":"object","properties":{"a":{}}}}"#,
      #""name":"T","parameters":{"type":"object","properties":{"a":{}}}"#, losses: [.strictDropped]
    ) { $0.acceptsStrictTools = true },
    Row(
      #"{"name":"T","input_schema":{"$schema":"x","type":"object","properties":{"format":{"type":"string","format":"date","enum":["format"]},"list":{"items":[{"format":"x"},true]}},"anyOf":[{"format":"y"}],"default":{"format":"kept"},"required":["format"]}}"#,
      #""name":"T","parameters":{"type":"object","properties":{"format":{"type":"string","enum":["format"]},"list":{"items":[{},true]}},"anyOf":[{}],"default":{"format":"kept"},"required":["format"]}"#
    ) { $0.schemaKeywordsDropped = ["$schema", "format"] },
  ]

  @Test(arguments: definitions)
  func `definitions become functions`(_ row: Row) throws {
    let tools = #""tools":[\#(row.tool)]"#
    #expect(try RequestFixture.members(tools, row.change) == #""tools":[\#(Self.function(row.function))]"#)
    #expect(try RequestFixture.losses(tools, row.change).map(\.code) == row.losses)
  }

  @Test(arguments: [
    (#"{"type":"object","properties":{},"additionalProperties":false}"#, true),
    (#"{"type":"object","additionalProperties":false}"#, true), (#"{"type":"object"}"#, false),
    (ParameterTests.strict, true), (ParameterTests.loose, false),
    (#"{"type":"object","properties":{"a":{},"b":{}},"required":["a"],"additionalProperties":false}"#, false),
    (
      #"{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},"required":["a"],"additionalProperties":false}"#,
      false
    ),
    (
      #"{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"object","properties":{},"additionalProperties":false}]}},"required":["a"],"additionalProperties":false}"#,
      true
    ),
    (
      #"{"type":"object","properties":{},"additionalProperties":false,"$defs":{"x":{"type":"object"}}}"#,
      false
    ),
  ])
  func `what strict mode takes`(_ schema: String, _ isStrict: Bool) {
    #expect(ToolSchema(Bytes(utf8: schema)).isStrict == isStrict)
  }

  @Test func `deep schemas neither crash nor cost`() {
    let deep = String(repeating: #"{"not":"#, count: 400) + "{}" + String(repeating: "}", count: 400)
    let schema = ToolSchema(Bytes(utf8: deep))
    #expect(!schema.isStrict)
    #expect(schema.without(["x"]).text.text == deep)
  }

  // MARK: Names

  @Test func `names that are not fit get an alias that the answer undoes`() throws {
    let names = [
      "mcp__" + String(repeating: "x", count: 70), "mcp__" + String(repeating: "x", count: 71), "a.b/ü", "",
    ]
    let tools = names.map { #"{"name":\#($0.jsonQuoted)}"# }
    let calls = names.enumerated().map {
      #"{"type":"tool_use","id":"\#($0)","name":\#($1.jsonQuoted),"input":{}}"#
    }
    let results = names.indices.map { #"{"type":"tool_result","tool_use_id":"\#($0)"}"# }
    let translated = try RequestFixture.translate(
      #"""
      {"messages":[{"role":"assistant","content":[\#(calls.joined(separator: ","))]},
      {"role":"user","content":[\#(results.joined(separator: ","))]}],
      "tools":[\#(tools.joined(separator: ",")),{"name":"fit-1_A"}],"tool_choice":{"type":"tool","name":"a.b/ü"}}
      """#)
    let fields = try JSONFields(translated.body)
    let declared = try #require(fields.array("tools")).map {
      try JSONFields($0).object("function")?.string("name") ?? ""
    }
    #expect(declared.allSatisfy(ToolName.isFit))
    #expect(declared.dropLast().map { translated.translation.toolNames[$0] } == names)
    #expect(translated.translation.toolNames.count == 4)
    #expect(declared.last == "fit-1_A")
    #expect(declared[2].hasPrefix("a_b"))
    let message = try JSONFields(RequestFixture.messages(of: translated)[0])
    let called = try #require(message.array("tool_calls")).map {
      try JSONFields($0).object("function")?.string("name") ?? ""
    }
    #expect(called == Array(declared.dropLast()))
    #expect(fields.object("tool_choice")?.object("function")?.string("name") == declared[2])
    // Prompt caches depend on it: the same in every version.
    #expect(ToolName.forProvider("a.b") == "a_b_\(StableHash("a.b".utf8).hexadecimal.prefix(12))")
  }

  // MARK: Choice

  static let tools = #""tools":[{"name":"T"}],"#
  static let sent = #""tools":[\#(function(#""name":"T",\#(empty)"#))]"#
  static let thinks: RequestFixture.Change = { $0.refusesForcedToolWhileThinking = true }

  static let choices: [ParameterTests.Row] = [
    ParameterTests.Row(tools + #""tool_choice":{"type":"auto"}"#, sent + #","tool_choice":"auto""#),
    ParameterTests.Row(tools + #""tool_choice":{"type":"any"}"#, sent + #","tool_choice":"required""#),
    ParameterTests.Row(tools + #""tool_choice":{"type":"none"}"#, sent + #","tool_choice":"none""#),
    ParameterTests.Row(
      tools + #""tool_choice":{"type":"tool","name":"T"}"#,
      sent + #","tool_choice":{"type":"function","function":{"name":"T"}}"#),
    weakened(#"{"type":"tool","name":"gone"}"#, #"auto"#),
    weakened(#"{"type":"tool","name":"T"}"#, #"required"#) { $0.toolChoices = ["auto", "required"] },
    weakened(#"{"type":"tool","name":"T"}"#, #"auto"#) { $0.toolChoices = ["auto"] },
    weakened(#"{"type":"any"}"#, #"auto"#) { $0.toolChoices = ["auto"] },
    weakened(#"{"type":"any"}"#, #"auto"#, thinks),
    ParameterTests.Row(
      tools + #""thinking":{"type":"disabled"},"tool_choice":{"type":"any"}"#,
      sent + #","tool_choice":"required""#, thinks),
    ParameterTests.Row(
      tools + #""tool_choice":{"type":"none"}"#, "",
      losses: [Degradation(.toolsWithheld, at: "tool_choice")]
    ) { $0.toolChoices = ["auto"] },
    ParameterTests.Row(tools + #""tool_choice":{"type":"auto"}"#, sent) { $0.toolChoices = [] },
    ParameterTests.Row(#""tools":[],"tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#, ""),
    ParameterTests.Row(
      tools + #""tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#,
      sent + #","tool_choice":"auto","parallel_tool_calls":false"#),
    ParameterTests.Row(
      tools + #""tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#,
      sent + #","tool_choice":"auto""#, losses: [Degradation(.parallelCallsTruncated, at: "tool_choice")]
    ) { $0.acceptsParallelToolCalls = false },
  ]

  static func weakened(
    _ choice: String, _ sent: String, _ change: @escaping RequestFixture.Change = { _ in }
  ) -> ParameterTests.Row {
    ParameterTests.Row(
      tools + #""tool_choice":\#(choice)"#, Self.sent + #","tool_choice":"\#(sent)""#,
      losses: [Degradation(.toolChoiceWeakened, at: "tool_choice")], change)
  }

  @Test(arguments: choices)
  func `a choice of tools is weakened rather than refused`(_ row: ParameterTests.Row) throws {
    try row.check()
  }

  @Test func `one call is kept of an answer whose endpoint cannot be told`() throws {
    let body =
      #"{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"T"}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}"#
    #expect(try !RequestFixture.translate(body).translation.keepsFirstToolCallOnly)
    let translated = try RequestFixture.translate(body) { $0.acceptsParallelToolCalls = false }
    #expect(translated.translation.keepsFirstToolCallOnly)
  }
}
