import Testing

@testable import Stages

@Suite struct AssistantMessageTests {
  static let ask = #"{"role":"user","content":"go"},"#
  static let asked = #"{"role":"user","content":"go"},"#

  static let calls: [Golden] = [
    Golden(
      "text and calls are one message",
      ask
        + #"{"role":"assistant","content":[{"type":"text","text":"Reading."},{"type":"tool_use","id":"toolu_a","name":"Read","input":{"file":"a"}},{"type":"tool_use","id":"toolu_b","name":"Read","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_a","content":"1"},{"type":"tool_result","tool_use_id":"toolu_b","content":"2"}]}"#,
      asked
        + #"{"role":"assistant","content":"Reading.","tool_calls":[{"id":"toolu_a","type":"function","function":{"name":"Read","arguments":"{\"file\":\"a\"}"}},{"id":"toolu_b","type":"function","function":{"name":"Read","arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_a","content":"1"},{"role":"tool","tool_call_id":"toolu_b","content":"2"}"#
    ),
    Golden(
      "arguments keep spelling and order, not white space",
      ask
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"T","input":{ "z" : 1.50e+2 , "a":[ 1 , "x \" y" ],"b":"\u00e9\ud83d"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}"#,
      asked
        + #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"T","arguments":"{\"z\":1.50e+2,\"a\":[1,\"x \\\" y\"],\"b\":\"\\u00e9\\ud83d\"}"}}]},{"role":"tool","tool_call_id":"a","content":"1"}"#
    ),
    Golden(
      "null content is left out where it must be",
      ask
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"T","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}"#,
      asked
        + #"{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"T","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"1"}"#
    ) { $0.omitsNullContent = true },
    // Regression 9.
    Golden(
      "text after a call joins the text before it",
      ask
        + #"{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"a","name":"T","input":{}},{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}"#,
      asked
        + #"{"role":"assistant","content":"a\n\nb","tool_calls":[{"id":"a","type":"function","function":{"name":"T","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"1"}"#
    ),
    Golden(
      "a call without a result becomes a note",
      ask
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"T","input":{"x":1}}]},{"role":"user","content":"stop"}"#,
      asked
        + #"{"role":"assistant","content":"[call of T without a result: {\"x\":1}]"},{"role":"user","content":"stop"}"#,
      losses: [.unansweredToolCall]),
    Golden(
      "of two calls only the answered one stays",
      ask
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"T","input":{}},{"type":"tool_use","id":"b","name":"U","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"1"}]}"#,
      asked
        + #"{"role":"assistant","content":"[call of T without a result: {}]","tool_calls":[{"id":"b","type":"function","function":{"name":"U","arguments":"{}"}}]},{"role":"tool","tool_call_id":"b","content":"1"}"#,
      losses: [.unansweredToolCall]),
    Golden(
      "neighbouring assistant messages are one turn",
      ask
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"T","input":{}}]},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}"#,
      asked
        + #"{"role":"assistant","content":"b","tool_calls":[{"id":"a","type":"function","function":{"name":"T","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"1"}"#
    ),
  ]

  @Test(arguments: calls)
  func `tool calls`(_ golden: Golden) throws { try golden.check() }

  static let empty: [Golden] = [
    Golden(
      "nothing to say", ask + #"{"role":"assistant","content":[]},{"role":"user","content":"x"}"#,
      asked + #"{"role":"user","content":"x"}"#, losses: [.messageDropped]),
    Golden(
      "thinking alone",
      ask
        + #"{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"EqQ="},{"type":"redacted_thinking","data":"d"}]},{"role":"user","content":"x"}"#,
      asked + #"{"role":"user","content":"x"}"#, losses: [.thinkingDropped, .messageDropped]),
    Golden(
      "blocks that mean nothing elsewhere",
      ask
        + #"{"role":"assistant","content":[{"type":"container_upload","file_id":"f"},{"type":"mcp_tool_listing"},{"type":"fallback"},{"type":"compaction","content":null},{"type":"text","text":"a"}]}"#,
      asked + #"{"role":"assistant","content":"a"}"#, losses: [.blockDropped]),
    Golden(
      "a summary of what was compacted",
      #"{"role":"assistant","content":[{"type":"compaction","content":"so far"},{"type":"text","text":"a"}]},{"role":"user","content":"x"}"#,
      #"{"role":"user","content":"Summary of earlier conversation: so far"},{"role":"assistant","content":"a"},{"role":"user","content":"x"}"#
    ),
  ]

  @Test(arguments: empty)
  func `turns with little or nothing in them`(_ golden: Golden) throws { try golden.check() }

  static let prefill = ask + #"{"role":"assistant","content":"The port is"}"#
  static let prefills: [Golden] = [
    Golden("as it is", prefill, asked + #"{"role":"assistant","content":"The port is"}"#),
    Golden("prefix", prefill, asked + #"{"role":"assistant","content":"The port is","prefix":true}"#) {
      $0.prefill = .prefix
    },
    Golden("partial", prefill, asked + #"{"role":"assistant","content":"The port is","partial":true}"#) {
      $0.prefill = .partial
    },
    Golden(
      "in the user's words", prefill,
      asked
        + #"{"role":"user","content":"Continue your answer from exactly where it stops, repeating nothing: The port is"}"#,
      losses: [.prefillAsUserText]
    ) { $0.prefill = .asUserText },
    Golden(
      "only at the end", prefill + #",{"role":"user","content":"x"}"#,
      asked + #"{"role":"assistant","content":"The port is"},{"role":"user","content":"x"}"#
    ) { $0.prefill = .prefix },
  ]

  @Test(arguments: prefills)
  func `a beginning of the answer`(_ golden: Golden) throws { try golden.check() }

  static func note(_ title: String, _ blocks: String, _ text: String) -> Golden {
    Golden(
      title, ask + #"{"role":"assistant","content":[\#(blocks)]}"#,
      asked + #"{"role":"assistant","content":"\#(text)"}"#, losses: [.serverToolAsText])
  }

  static let notes: [Golden] = [
    note(
      "a web search",
      #"{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"swift 6"}},{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"https://a.example","title":"A","encrypted_content":"secret"},{"type":"web_search_result","url":"https://b.example"}]}"#,
      #"searched: swift 6\n\n- A: https://a.example\n- https://b.example"#),
    note(
      "a failed search",
      #"{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"s","content":{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}}"#,
      #"searched: q\n\nerror: max_uses_exceeded"#),
    note(
      "a fetched page",
      #"{"type":"server_tool_use","id":"s","name":"web_fetch","input":{"url":"https://a.example"}},{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","url":"https://a.example","content":{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"page"}}}}"#,
      #"fetched: https://a.example\n\nhttps://a.example\nT\npage"#),
    note(
      "code",
      #"{"type":"server_tool_use","id":"s","name":"bash_code_execution","input":{"command":"ls \"x\""}},{"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{"type":"bash_code_execution_result","stdout":"out","stderr":"","return_code":0,"content":[]}}"#,
      #"bash_code_execution: {\"command\":\"ls \\\"x\\\"\"}\n\nout"#),
    note(
      "an MCP tool",
      #"{"type":"mcp_tool_use","id":"s","name":"find","server_name":"srv","input":{}},{"type":"mcp_tool_result","tool_use_id":"s","is_error":false,"content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]}"#,
      #"find: {}\n\nx\ny"#),
    note(
      "a search for tools",
      #"{"type":"server_tool_use","id":"s","name":"tool_search_tool_bm25","input":{"query":"q"}},{"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"Read"}]}}"#,
      #"tool_search_tool_bm25: {\"query\":\"q\"}\n\ntool loaded: Read"#),
  ]

  @Test(arguments: notes)
  func `what ran at Anthropic is told`(_ golden: Golden) throws { try golden.check() }
}
