import Pipeline
import ProxyTesting
import Stages
import Testing

/// Arguments in Python's notation, for the tools that are named.
@Suite struct PythonJSONTests {
  func translation(_ arguments: [String], tool: String = "TodoWrite") -> Translation {
    var stream = ChatStream().call(0, id: "a", name: tool, "")
    for piece in arguments { stream = stream.call(0, piece) }
    return Translation(stream.end("tool_calls"), change: { $0.pythonJSONTools = ["TodoWrite"] })
  }

  @Test(arguments: [
    (#"{'a': 'b'}"#, #"{"a": "b"}"#),
    (#"{'a': True, 'b': None, 'c': [False,],}"#, #"{"a": true, "b": null, "c": [false]}"#),
    (#"{'a': 'it\'s "x"'}"#, #"{"a": "it's \"x\""}"#), (#"{"a": "True, 'x'"}"#, #"{"a": "True, 'x'"}"#),
    ("{'a': 'b\nc\\x41\\n'}", #"{"a": "b\nc\u0041\n"}"#), (#"{'ü': 1}"#, #"{"ü": 1}"#),
  ])
  func `is rewritten as JSON`(python: String, json: String) {
    for cut in 0...python.count {
      let result = translation([String(python.prefix(cut)), String(python.dropFirst(cut))])
      #expect(result.failure == nil)
      #expect(result.joined == json && result.summary.last == "tool_use")
    }
  }

  @Test func `is counted, unless it was JSON all along`() {
    #expect(translation([#"{'a':1}"#]).report.repairs["python_json"] == 1)
    #expect(translation([#"{"a":1}"#]).report.repairs == [:])
  }

  @Test(arguments: ["{'a': ", "{'a'", "hello", "['a']", "{'a': b}", "{'a': '\\", "'", ",", "{'a': 'x\\q'}"])
  func `what does not become an object is a fault`(text: String) {
    #expect(translation([text]).failure?.rule == "V19")
  }

  @Test func `other tools are taken at their word`() {
    #expect(translation([#"{'a':1}"#], tool: "Read").failure?.rule == "V19")
  }

  @Test func `calls after it wait only until it can be read`() {
    let stream = ChatStream().call(0, id: "a", name: "TodoWrite", "{'a'").call(1, id: "b", name: "B", "{")
      .call(0, ":1}").call(1, "}")
    let chain = Translation.chain().prepared(
      for: Translation.attempt(change: { $0.pythonJSONTools = ["TodoWrite"] }))
    let outcome = chain.outcome(of: [stream.bytes], finishes: false)
    #expect(outcome.outputs.last?.frame.text.contains(#""index":1"#) == true)
    #expect(outcome.failure == nil)
  }

  @Test func `a call without arguments stays one`() {
    #expect(translation([]).summary == ["tool_use 0 TodoWrite toolu_px_a", "stop 0", "tool_use"])
  }
}
