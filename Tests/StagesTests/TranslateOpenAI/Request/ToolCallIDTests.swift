import Testing

@testable import Stages

@Suite struct ToolCallIDTests {
  func sent(_ id: String, length: Int = 64, memory: Memory = Memory()) -> String {
    var profile = ProviderProfile(name: "test")
    profile.toolIDLength = length
    return ToolCallID(profile: profile, memory: memory).forProvider(id).id
  }

  @Test func `the provider's own id comes back`() {
    #expect(sent("toolu_px_call_1-A") == "call_1-A")
    #expect(sent("toolu_01AbC") == "toolu_01AbC")
    #expect(sent("call_x") == "call_x")
    let memory = Memory(calls: ["toolu_px_9f": RememberedToolCall(id: "functions.Bash:0")])
    #expect(sent("toolu_px_9f", memory: memory) == "functions.Bash:0")
    #expect(sent("toolu_px_8e", memory: memory) == "8e")
  }

  @Test func `ids that are not fit are hashed, always alike`() {
    let long = "toolu_" + String(repeating: "x", count: 90)
    for id in [long, "a.b", "", "toolu_px_", "ü"] {
      #expect(sent(id).count == 32, "\(id)")
      #expect(sent(id) == sent(id))
    }
    #expect(sent("a.b") != sent("a.c"))
    #expect(sent("a.b") == "\(StableHash("a.b".utf8).hexadecimal)")
    // Never changes, from one version to the next.
    #expect(StableHash("".utf8).hexadecimal.count == 32)
  }

  @Test func `short ids have exactly the length the provider wants`() {
    #expect(sent("toolu_px_abcDEF123", length: 9) == "abcDEF123")
    for id in ["toolu_01AbCdEf", "abcDEF12", "abc_EF123", "toolu_px_c1"] {
      #expect(sent(id, length: 9).wholeMatch(of: /[0-9a-f]{9}/) != nil, "\(id)")
    }
    // Of ids that differ at their ends only.
    let ids = (0..<4096).map { sent("toolu_01\($0)", length: 9) }
    #expect(Set(ids).count == ids.count)
    let memory = Memory(calls: ["toolu_px_9f": RememberedToolCall(id: "functions.Bash:0")])
    #expect(sent("toolu_px_9f", length: 9, memory: memory).count == 9)
  }

  @Test(arguments: [true, false])
  func `what came with a call goes back with it where it must`(_ replays: Bool) throws {
    let memory = Memory(calls: [
      "toolu_px_k": RememberedToolCall(id: "k1", extraContent: #"{"google":{"thought_signature":"S1"}}"#)
    ])
    try Golden(
      "",
      #"{"role":"assistant","content":[{"type":"tool_use","id":"toolu_px_k","name":"T","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_px_k","content":"r"}]}"#,
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"k1","type":"function","function":{"name":"T","arguments":"{}"}\#(replays ? #","extra_content":{"google":{"thought_signature":"S1"}}"# : "")}]},{"role":"tool","tool_call_id":"k1","content":"r"}"#,
      memory: memory
    ) { $0.replaysThoughtSignatures = replays }.check()
  }
}
