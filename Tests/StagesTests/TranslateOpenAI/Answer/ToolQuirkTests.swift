import Pipeline
import ProxyTesting
import Stages
import Testing

/// Tool calls as providers send them: Q1–Q7, Q31, Q44, Q49.
@Suite struct ToolQuirkTests {
  @Test func `Q1 calls without an index are told apart by their ids`() {
    expectTranslation(
      ChatStream().call(id: "a", name: "Read", #"{"f":"#).call(id: "a", "1}").call(
        id: "b", name: "Read", "{}"
      )
      .end("tool_calls"),
      [
        "tool_use 0 Read toolu_px_a", #"+{"f":"#, "+1}", "stop 0", "tool_use 1 Read toolu_px_b", "+{}",
        "stop 1", "tool_use",
      ], repairs: ["Q1": 1])
  }

  @Test func `Q1 a piece without index, id and name goes on with the last call`() {
    expectTranslation(
      ChatStream().call(id: "a", name: "Read", #"{"f":"#).call(nil, "1}").end("tool_calls"),
      ["tool_use 0 Read toolu_px_a", #"+{"f":"#, "+1}", "stop 0", "tool_use"], repairs: ["Q1": 1])
  }

  @Test func `Q1 several calls in one delta go by their place`() {
    let pieces = { (first: String, second: String) in
      #""tool_calls":[\#(first),\#(second)]"#
    }
    let translation = Translation(
      ChatStream()
        .delta(pieces(ChatStream.piece(name: "Read", #"{"f":"#), ChatStream.piece(name: "Grep", #"{"q":"#)))
        .delta(pieces(ChatStream.piece(nil, "1}"), ChatStream.piece(nil, "2}"))).end("tool_calls"))
    #expect(
      translation.summary.map { $0.replacing(#/toolu_px_\w+/#, with: "ID") } == [
        "tool_use 0 Read ID", #"+{"f":"#, "+1}", "stop 0", "tool_use 1 Grep ID", #"+{"q":2}"#, "stop 1",
        "tool_use",
      ])
    #expect(translation.failure == nil)
    #expect(translation.report.repairs == ["Q1": 1, "Q6": 1, "Q7": 1])
  }

  @Test func `Q1 an index that is null or a word counts as missing`() {
    expectTranslation(
      ChatStream().delta(
        #""tool_calls":[{"index":null,"id":"a","function":{"name":"Read","arguments":"{}"}},{"index":"x","id":"b","function":{"name":"Read","arguments":"{}"}}]"#
      ).end("tool_calls"),
      [
        "tool_use 0 Read toolu_px_a", "+{}", "stop 0", "tool_use 1 Read toolu_px_b", "+{}", "stop 1",
        "tool_use",
      ], repairs: ["Q1": 1])
  }

  @Test func `Q2 a whole call in one delta is start, delta and stop`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "Read", #"{"f":1}"#).end("tool_calls"),
      ["tool_use 0 Read toolu_px_a", #"+{"f":1}"#, "stop 0", "tool_use"])
  }

  @Test func `Q3 ids and names repeated on each fragment count once`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "Read", "{").call(0, id: "a", name: "Read", #""f":1"#)
        .call(0, id: "a", name: "Read", "}").end("tool_calls"),
      ["tool_use 0 Read toolu_px_a", "+{", #"+"f":1"#, "+}", "stop 0", "tool_use"])
  }

  @Test func `Q3 another id and a name on the same index begin another call`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "Read", "{}").call(0, id: "b", name: "Read", "{").call(0, "}")
        .end("tool_calls"),
      [
        "tool_use 0 Read toolu_px_a", "+{}", "stop 0", "tool_use 1 Read toolu_px_b", "+{", "+}", "stop 1",
        "tool_use",
      ])
  }

  @Test func `Q4 arguments before the name wait for it`() {
    expectTranslation(
      ChatStream().call(0, id: "a", #"{"f":"#).text("Meanwhile.").call(0, name: "Read", "1}").end(
        "tool_calls"),
      [
        "tool_use 0 Read toolu_px_a", #"+{"f":1}"#, "stop 0", "text 1", "+Meanwhile.", "stop 1", "tool_use",
      ], repairs: ["Q4": 1])
  }

  @Test func `Q4 a call that never gets a name is a fault`() {
    expectRefusal(
      ChatStream().call(0, id: "a", "{}").end("tool_calls"), "Q4", .protocolViolation,
      stage: "translate-openai")
  }

  @Test func `Q5 arguments as an object are serialised`() {
    expectTranslation(
      ChatStream().delta(
        #""tool_calls":[{"index":0,"id":"a","function":{"name":"Read","arguments":{"f": "\"x\"\n"}}}]"#
      ).end("tool_calls"),
      ["tool_use 0 Read toolu_px_a", #"+{"f": "\"x\"\n"}"#, "stop 0", "tool_use"], repairs: ["Q5": 1])
  }

  @Test(arguments: [#""arguments":"""#, #""arguments":null"#, #""x":1"#])
  func `Q5 a call without arguments has an empty input`(arguments: String) {
    expectTranslation(
      ChatStream().delta(
        #""tool_calls":[{"index":0,"id":"a","function":{"name":"List",\#(arguments)}}]"#
      ).end("tool_calls"),
      ["tool_use 0 List toolu_px_a", "stop 0", "tool_use"])
  }

  @Test(arguments: ["[1]", "5", "true"])
  func `Q5 arguments of another kind are a fault`(arguments: String) {
    expectRefusal(
      ChatStream().delta(
        #""tool_calls":[{"index":0,"id":"a","function":{"name":"List","arguments":\#(arguments)}}]"#
      ).end("tool_calls"), "Q5", .malformedEvent)
  }

  @Test(arguments: ["functions.Bash:0", "a b", String(repeating: "x", count: 57), "é"])
  func `Q6 an id that Anthropic would refuse is replaced and remembered`(id: String) throws {
    let translation = Translation(ChatStream().call(0, id: id, name: "Bash", "{}").end("tool_calls"))
    let line = try #require(translation.summary.first)
    let minted = String(line.dropFirst("tool_use 0 Bash ".count))
    #expect(minted.wholeMatch(of: #/toolu_px_[0-9a-f]{16}/#) != nil)
    #expect(translation.memory.calls == [minted: RememberedToolCall(id: id)])
    #expect(translation.report.repairs == ["Q6": 1])
  }

  @Test func `Q6 missing and doubled ids become different ones`() {
    let translation = Translation(
      ChatStream().call(0, name: "A", "{}").call(1, name: "B", "{}").call(2, id: "x", name: "C", "{}")
        .call(3, id: "x", name: "D", "{}").end("tool_calls"))
    #expect(translation.failure == nil)
    let ids = translation.summary.compactMap { $0.firstMatch(of: #/toolu_px_\w+/#).map { String($0.0) } }
    #expect(ids.count == 4 && Set(ids).count == 4 && ids.contains("toolu_px_x"))
  }

  @Test func `Q6 a usable id needs no memory`() {
    #expect(
      Translation(ChatStream().call(0, id: "call_9-A", name: "A", "{}").end()).memory.calls.isEmpty)
  }

  @Test func `Q7 indexes that begin at 1 or have gaps become 0, 1, 2`() {
    expectTranslation(
      ChatStream().call(1, id: "a", name: "A", "{}").call(7, id: "b", name: "B", "{}").end("tool_calls"),
      ["tool_use 0 A toolu_px_a", "+{}", "stop 0", "tool_use 1 B toolu_px_b", "+{}", "stop 1", "tool_use"])
  }

  @Test func `Q7 a call that is complete early waits while another is live`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "{").call(1, id: "b", name: "B", "{}").text("then")
        .call(2, id: "c", name: "C", "{}").call(0, "}").end("tool_calls"),
      [
        "tool_use 0 A toolu_px_a", "+{", "+}", "stop 0", "tool_use 1 B toolu_px_b", "+{}", "stop 1", "text 2",
        "+then", "stop 2", "tool_use 3 C toolu_px_c", "+{}", "stop 3", "tool_use",
      ], repairs: ["Q7": 1])
  }

  @Test func `Q7 a second object after the first is a fault`() {
    expectRefusal(
      ChatStream().call(0, id: "a", name: "A", "{}").call(1, id: "b", name: "B", "{}").call(0, "{}").end(),
      "V19", .protocolViolation, stage: "translate-openai")
    expectRefusal(
      ChatStream().call(0, id: "a", name: "A", "{}{}").end("tool_calls"), "V19", .protocolViolation,
      stage: "translate-openai")
  }

  @Test func `Q31 extra content is kept with the call, whichever piece brings it`() {
    let translation = Translation(
      ChatStream().call(0, id: "a", name: "A", "{").call(
        0, "}", extra: #"{"google":{"thought_signature":"S"}}"#
      )
      .end("tool_calls"))
    #expect(
      translation.memory.calls == [
        "toolu_px_a": RememberedToolCall(
          id: "a", extraContent: #"{"google":{"thought_signature":"S"}}"#)
      ])
  }

  @Test(arguments: [
    "[TOOL_CALLS] [{", "\n[Tool call: Read]", #"Read[ARGS]{"f":1}"#, "<tool_call>{",
  ])
  func `Q44 a call that leaks as text is noticed and left as text`(text: String) {
    let translation = Translation(
      ChatStream().text(String(text.prefix(4))).text(String(text.dropFirst(4))).end())
    #expect(translation.joined == text)
    #expect(translation.report.warnings == ["Q44": 1])
    #expect(translation.summary.last == "end_turn")
  }

  @Test func `Q49 a legacy function call is a tool call`() throws {
    let translation = Translation(
      ChatStream().delta(#""function_call":{"name":"Read","arguments":"{\"f\":"}"#)
        .delta(#""function_call":{"arguments":"1}"}"#).end("function_call"))
    #expect(translation.failure == nil)
    #expect(translation.joined == #"{"f":1}"# && translation.summary.last == "tool_use")
    #expect(translation.report.repairs == ["Q49": 1, "Q6": 1])
  }

  @Test func `tool names are given back as the client knows them`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "mcp_1", "{}").end("tool_calls"),
      ["tool_use 0 mcp__a.b toolu_px_a", "+{}", "stop 0", "tool_use"],
      change: { $0.toolNames = ["mcp_1": "mcp__a.b"] })
  }

  @Test func `only the first call is kept where the request forbade more`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "{").call(1, id: "b", name: "B", "{").call(0, "}").call(1, "}")
        .end("tool_calls"),
      ["tool_use 0 A toolu_px_a", "+{", "+}", "stop 0", "tool_use"], repairs: ["parallel_tool_use": 1],
      change: { $0.keepsFirstToolCallOnly = true })
  }

  @Test func `incomplete calls that waited are left out when the tokens ran out`() {
    expectTranslation(
      ChatStream().call(0, id: "a", name: "A", "{").call(1, id: "b", name: "B", "{}")
        .call(2, id: "c", name: "C", #"{"x"#).call(0, "}").end("length"),
      [
        "tool_use 0 A toolu_px_a", "+{", "+}", "stop 0", "tool_use 1 B toolu_px_b", "+{}", "stop 1",
        "max_tokens",
      ], repairs: ["Q7": 1])
  }

  @Test func `half a call is a fault unless the client asked for unchecked input`() {
    let stream = ChatStream().call(0, id: "a", name: "A", #"{"x"#).end("tool_calls")
    expectRefusal(stream, "V19", .protocolViolation, stage: "translate-openai")
    let excused = Translation(stream, expect: { $0.allowsInvalidToolInput = true })
    #expect(excused.failure == nil && excused.summary.last == "tool_use")
  }
}
