import Pipeline
import Testing

@testable import Stages

@Suite struct ParameterTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var given: String
    var expected: String
    var losses: [Degradation]
    var change: RequestFixture.Change

    init(
      _ given: String, _ expected: String, losses: [Degradation] = [],
      _ change: @escaping RequestFixture.Change = { _ in }
    ) {
      (self.given, self.expected, self.losses, self.change) = (given, expected, losses, change)
    }

    var testDescription: String { given }

    func check() throws {
      #expect(try RequestFixture.members(given, change) == expected)
      #expect(try RequestFixture.losses(given, change) == losses)
    }
  }

  static let rows: [Row] = [
    Row(#""max_tokens":100"#, #""max_tokens":100"#),
    Row(#""max_tokens":100"#, #""max_completion_tokens":100"#) {
      $0.maxTokensField = "max_completion_tokens"
    },
    Row(#""max_tokens":100"#, #""max_tokens":50"#, losses: [Degradation(.maxTokensLowered, at: "max_tokens")])
    {
      $0.maxTokensLimit = 50
    },
    Row(#""max_tokens":50"#, #""max_tokens":50"#) { $0.maxTokensLimit = 50 },
    Row(#""temperature":0.70,"top_p":1e-1"#, #""temperature":0.70,"top_p":1e-1"#),
    Row(
      #""temperature":1,"top_p":0.9"#, "",
      losses: [Degradation(.samplingDropped, at: "temperature"), Degradation(.samplingDropped, at: "top_p")]
    ) { $0.fixesSampling = true },
    Row(#""top_k":5"#, "", losses: [Degradation(.samplingDropped, at: "top_k")]),
    Row(#""top_k":5"#, #""top_k":5"#) { $0.acceptsTopK = true },
    Row(#""temperature":"hot","max_tokens":"all""#, ""),
    // Regression 25.
    Row(#""stop_sequences":["END"]"#, #""stop":["END"]"#),
    Row(
      #""stop_sequences":["a"," \n","b"]"#, #""stop":["a","b"]"#,
      losses: [Degradation(.stopDropped, at: "stop_sequences")]),
    Row(
      #""stop_sequences":["a","b","c","d","e"]"#, #""stop":["a","b","c","d"]"#,
      losses: [Degradation(.stopWatchedLocally, at: "stop_sequences")]),
    Row(
      #""stop_sequences":["a"]"#, "", losses: [Degradation(.stopWatchedLocally, at: "stop_sequences")]
    ) { $0.stopLimit = 0 },
    Row(#""stop_sequences":[]"#, ""),
    Row(#""stream":true"#, #""stream":true,"stream_options":{"include_usage":true}"#),
    Row(#""stream":true"#, #""stream":true"#) { $0.sendsStreamOptions = false },
    Row(#""stream":false"#, ""),
    Row(
      #""context_management":{},"service_tier":"auto","speed":"fast","cache_control":{},"mcp_servers":[]"#,
      "",
      losses: ["context_management", "service_tier", "speed", "cache_control", "mcp_servers"]
        .map { Degradation(.fieldDropped, at: $0) }),
    Row(
      #""output_config":{"task_budget":{}}"#, "",
      losses: [Degradation(.fieldDropped, at: "output_config.task_budget")]),
  ]

  @Test(arguments: rows)
  func `parameters`(_ row: Row) throws { try row.check() }

  @Test func `stop sequences that were not sent are watched for`() throws {
    let translated = try RequestFixture.translate(
      #"{"messages":[{"role":"user","content":"hi"}],"stop_sequences":["a","b\u00e9","  "]}"#
    ) { $0.stopLimit = 1 }
    #expect(translated.translation.watchedStopSequences == ["bé"])
  }

  @Test func `the user id leaves only as a hash`() throws {
    let metadata = #""metadata":{"user_id":"{\"account_uuid\":\"1\"}"}"#
    #expect(try RequestFixture.members(metadata) == "")
    let sent = try RequestFixture.members(metadata) { $0.userField = "safety_identifier" }
    #expect(sent.wholeMatch(of: /"safety_identifier":"[0-9a-f]{32}"/) != nil)
    let other = try RequestFixture.members(#""metadata":{"user_id":"2"}"#) {
      $0.userField = "safety_identifier"
    }
    #expect(other != sent)
  }

  // MARK: Structured output

  static let strict =
    #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
  static let loose = #"{"type":"object","properties":{"a":{"type":"string","format":"date"}}}"#

  static let formats: [Row] = [
    Row(
      #""output_config":{"format":{"type":"json_schema","schema":\#(strict)}}"#,
      #""response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":\#(strict),"strict":true}}"#
    ),
    Row(
      #""output_config":{"format":{"type":"json_schema","schema":\#(loose)}}"#,
      #""response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","properties":{"a":{"type":"string"}}},"strict":false}}"#,
      losses: [Degradation(.schemaNotStrict, at: "output_config.format")]
    ) { $0.schemaKeywordsDropped = ["format"] },
  ]

  @Test(arguments: formats)
  func `structured output`(_ row: Row) throws { try row.check() }

  @Test(arguments: [ProviderProfile.StructuredOutput.jsonObject, .none])
  func `a schema that is no parameter stands in the system prompt`(_ kind: ProviderProfile.StructuredOutput)
    throws
  {
    let translated = try RequestFixture.translate(
      #"{"system":"s","messages":[{"role":"user","content":"hi"}],"output_config":{"format":{"type":"json_schema","schema":{ "type": "object" }}}}"#
    ) { $0.structuredOutput = kind }
    let fields = try JSONFields(translated.body)
    #expect(fields["response_format"]?.text == (kind == .none ? nil : #"{"type":"json_object"}"#))
    #expect(
      try RequestFixture.messages(of: translated)[0].text
        == #"{"role":"system","content":"s\n\nAnswer with nothing but one JSON object that conforms to this JSON Schema:\n{\"type\":\"object\"}"}"#
    )
    #expect(translated.degradations == [Degradation(.schemaInPrompt, at: "output_config.format")])
  }

  // MARK: Cache marks

  static let marked = #"""
    {"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[
    {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]},
    {"role":"assistant","content":[{"type":"tool_use","id":"x","name":"T","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"r","cache_control":{"type":"ephemeral"}}]}]}
    """#

  @Test func `cache marks leave no trace where there are none`() throws {
    let translated = try RequestFixture.translate(Self.marked)
    #expect(!translated.body.text.contains("cache"))
    #expect(translated.degradations == [])
  }

  @Test func `cache marks stay on text parts`() throws {
    let translated = try RequestFixture.translate(Self.marked) { $0.cacheMarks = .cacheControl }
    #expect(
      try RequestFixture.messages(of: translated).map(\.text) == [
        #"{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]}"#,
        #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}"#,
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"T","arguments":"{}"}}]}"#,
        #"{"role":"tool","tool_call_id":"x","content":[{"type":"text","text":"r","cache_control":{"type":"ephemeral"}}]}"#,
      ])
  }

  // Regression 26.
  @Test func `only the last four marks are kept`() throws {
    let texts = (1...7).map { #"{"type":"text","text":"\#($0)","cache_control":{"type":"ephemeral"}}"# }
    let translated = try RequestFixture.translate(
      #"{"messages":[{"role":"user","content":[\#(texts.joined(separator: ","))]}]}"#
    ) { $0.cacheMarks = .breakpoint }
    let parts = (1...7).map { number in
      #"{"type":"text","text":"\#(number)"\#(number > 3 ? #","prompt_cache_breakpoint":{"mode":"explicit"}"# : "")}"#
    }
    #expect(
      try RequestFixture.messages(of: translated).map(\.text)
        == [#"{"role":"user","content":[\#(parts.joined(separator: ","))]}"#])
    #expect(translated.degradations == [Degradation(.cacheMarkDropped, at: "messages", count: 3)])
  }

  @Test func `moving a mark on leaves texts in the parts they were`() throws {
    func first(_ mark: String) throws -> String {
      let translated = try RequestFixture.translate(
        #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"\#(mark)}]}]}"#
      ) { $0.cacheMarks = .cacheControl }
      return try RequestFixture.messages(of: translated)[0].text
    }
    let mark = #","cache_control":{"type":"ephemeral"}"#
    #expect(try first(mark).replacing(mark, with: "") == first(""))
  }

  // MARK: The endpoint's own wishes

  @Test func `the profile adds and drops members and the endpoint has the last word`() throws {
    var endpoint = RequestFixture.endpoint
    endpoint.maxTokensFieldName = "max_output_tokens"
    endpoint.parameterOverrides = [
      .init(name: "temperature", value: "0.5"), .init(name: "user", value: nil),
      .init(name: "stream", value: "false"), .init(name: "seed", value: #"{"a": 1}"#),
      .init(name: "verbosity", value: #""low""#),
    ]
    let translated = try RequestFixture.translate(
      #"{"messages":[{"role":"user","content":"hi"}],"max_tokens":9,"temperature":1,"stream":true,"metadata":{"user_id":"u"}}"#,
      endpoint: endpoint
    ) {
      $0.userField = "user"
      $0.fieldsAdded = ["tool_stream": "true", "temperature": "2", "a": "[]"]
      $0.fieldsDropped = ["verbosity", "a"]
    }
    #expect(
      translated.body.text
        == #"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_output_tokens":9,"temperature":0.5,"stream":true,"stream_options":{"include_usage":true},"tool_stream":true,"seed":{"a": 1},"verbosity":"low"}"#
    )
  }

  @Test func `what the answer has to undo is told`() throws {
    let translated = try RequestFixture.translate(#"{"messages":[{"role":"user","content":"hi"}]}"#) {
      $0.splitsThinkTags = true
      $0.pythonJSONTools = ["TodoWrite"]
      $0.replaysThoughtSignatures = true
    }
    var expected = AnswerTranslation(route: "e")
    expected.showsThinking = false
    expected.splitsThinkTags = true
    expected.pythonJSONTools = ["TodoWrite"]
    expected.remembersToolCalls = true
    #expect(translated.translation == expected)
  }
}
