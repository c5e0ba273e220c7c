import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct ReasoningMemoryTests {
  static func limits(toolCalls: Int = 100, bytes: Int = 1000, blocks: Int = 100) -> ReasoningMemory.Limits {
    var limits = ReasoningMemory.Limits()
    (limits.toolCalls, limits.toolCallBytes, limits.detailBytes, limits.blocks) = (
      toolCalls, bytes, bytes, blocks
    )
    return limits
  }

  @Test func `a tool call is found by the client's id`() {
    let memory = ReasoningMemory()
    let call = RememberedToolCall(id: "k1", extraContent: #"{"google":{"thought_signature":"S1"}}"#)
    memory.remember(toolCall: call, as: "toolu_k1")
    #expect(memory.toolCall("toolu_k1") == call)
    #expect(memory.toolCall("k1") == nil)
  }

  @Test func `reasoning details come back verbatim`() {
    let memory = ReasoningMemory()
    let details = Bytes(utf8: "[ {\"type\":\"reasoning.encrypted\",\"data\":\"\u{E4}\"} ]\n")
    memory.remember(reasoningDetails: details, for: "px1.openrouter.1")
    #expect(memory.reasoningDetails(for: "px1.openrouter.1") == details)
    #expect(memory.reasoningDetails(for: "px1.openrouter.2") == nil)
  }

  @Test func `never more tool calls than the limit, and the latest half of them always`() {
    let memory = ReasoningMemory(limits: Self.limits(toolCalls: 10, bytes: 1 << 20))
    for number in 0..<1000 {
      memory.remember(toolCall: RememberedToolCall(id: "c\(number)"), as: "t\(number)")
      let known = (0...number).filter { memory.snapshot.text.contains("\"t\($0)\"") }
      #expect(known.count <= 10)
      #expect(known.suffix(5) == Array((0...number).suffix(5)))
      if number > 40 { break }
    }
  }

  @Test func `never more bytes than the limit`() {
    let memory = ReasoningMemory(limits: Self.limits(bytes: 1000))
    for number in 0..<50 {
      memory.remember(reasoningDetails: Bytes(repeating: 120, count: 190), for: "px1.\(100 + number)")
      #expect(memory.snapshot.count < 1000 + 5 * 60)
      #expect(memory.reasoningDetails(for: "px1.\(100 + number)") != nil)
    }
    #expect(memory.reasoningDetails(for: "px1.100") == nil)
  }

  @Test func `what alone is larger than half the limit is not kept`() {
    let memory = ReasoningMemory(limits: Self.limits(bytes: 1000))
    memory.remember(reasoningDetails: Bytes(repeating: 120, count: 300), for: "px1.small")
    memory.remember(reasoningDetails: Bytes(repeating: 120, count: 600), for: "px1.large")
    #expect(memory.reasoningDetails(for: "px1.small") != nil)
    #expect(memory.reasoningDetails(for: "px1.large") == nil)
  }

  @Test func `what is in use is not forgotten`() {
    let memory = ReasoningMemory(limits: Self.limits(toolCalls: 10, bytes: 1 << 20))
    memory.remember(toolCall: RememberedToolCall(id: "c"), as: "kept")
    for number in 0..<100 {
      memory.remember(toolCall: RememberedToolCall(id: "c"), as: "t\(number)")
      #expect(memory.toolCall("kept") != nil)
    }
  }

  @Test func `a snapshot brings everything back`() throws {
    let memory = ReasoningMemory()
    let call = RememberedToolCall(id: "k\"1\n", extraContent: "{\"a\":\n1}")
    memory.remember(toolCall: call, as: "toolu_1")
    memory.remember(toolCall: RememberedToolCall(id: "k2"), as: "toolu_2")
    memory.remember(reasoningDetails: Bytes(utf8: "[1,\n2]"), for: "px1.a")
    memory.remember(ThinkingFingerprint(.signature, "sig"), from: "a.example")
    let restored = ReasoningMemory(snapshot: memory.snapshot)
    #expect(restored.toolCall("toolu_1") == call)
    #expect(restored.toolCall("toolu_2") == RememberedToolCall(id: "k2"))
    #expect(restored.reasoningDetails(for: "px1.a") == Bytes(utf8: "[1,\n2]"))
    let body = ReasoningFixture.body([ReasoningFixture.thinking("sig"), ReasoningFixture.text])
    #expect(try ReasoningFixture.sent(body, to: "https://b.example", restored) != body)
    #expect(try ReasoningFixture.sent(body, to: "https://a.example", restored) == body)
    #expect(restored.revision == 0 && memory.revision == 4)
  }

  @Test func `a damaged snapshot costs the damaged lines only`() {
    let memory = ReasoningMemory()
    memory.remember(toolCall: RememberedToolCall(id: "k"), as: "toolu_1")
    let junk =
      Bytes(utf8: "{\"tool_call\":5}\n\n{\"thinking\":\"xyz\"}\n[]\n{\"tool_call\":\"h") + [0xFF, 10]
    let restored = ReasoningMemory(snapshot: junk + memory.snapshot + junk)
    #expect(restored.toolCall("toolu_1") == RememberedToolCall(id: "k"))
    #expect(restored.snapshot == memory.snapshot)
  }

  @Test func `random use of a small memory stays within its limits and never lies`() {
    var random = SeededRandom(seed: 4)
    let memory = ReasoningMemory(limits: Self.limits(toolCalls: 16, bytes: 600))
    var written: [String: RememberedToolCall] = [:]
    for _ in 0..<3000 {
      let id = "t\(Int.random(in: 0..<40, using: &random))"
      if Bool.random(using: &random) {
        let extra = String(repeating: "x", count: Int.random(in: 0...120, using: &random))
        written[id] = RememberedToolCall(id: "c", extraContent: extra)
        memory.remember(toolCall: RememberedToolCall(id: "c", extraContent: extra), as: id)
        #expect(memory.toolCall(id) == written[id])
      } else if let known = memory.toolCall(id) {
        #expect(known == written[id])
      }
    }
    #expect(memory.snapshot.split(separator: 10).count <= 16)
  }
}
