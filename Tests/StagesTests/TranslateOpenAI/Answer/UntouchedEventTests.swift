import Pipeline
import ProxyTesting
import Stages
import Testing

/// Endpoints that speak Anthropic's protocol notice nothing of the translator.
@Suite struct UntouchedEventTests {
  @Test(arguments: Fixture.all)
  func `Anthropic's events pass with their bytes and places`(fixture: Fixture) throws {
    let attempt = Attempt.forTesting()
    let chain = Translation.chain().prepared(for: attempt)
    let outcome = chain.outcome(of: [fixture.stream.bytes])
    let plain = Validation(fixture.stream)
    #expect(outcome.isSame(as: plain.outcome))
    #expect(attempt.report == plain.report)
  }

  @Test func `what a translator wrote is in no place of the endpoint's answer`() {
    let translation = Translation(ChatStream().raw(": hi\n\n").text("x").end())
    #expect(translation.outcome.outputs.allSatisfy { $0.sourceOffset == nil })
  }

  @Test func `each stage passes the contract by itself`() throws {
    let attempt = Translation.attempt()
    let events = ParseSSE().prepared(for: attempt).outcome(
      of: [ChatStream().reasoning("a").text("b").call(0, id: "a", name: "A", "{}").end("tool_calls").bytes])
    let validator = ValidateChunk().prepared(for: attempt)
    try expectStageContract(validator, input: events.outputs)
    let frames = validator.outcome(of: events.outputs)
    try expectStageContract(TranslateOpenAI().prepared(for: attempt), input: frames.outputs)
    try expectStageContract(Translation.translating().prepared(for: attempt), input: events.outputs)
    try expectStageContract(Translation.translating().prepared(for: .forTesting()), input: events.outputs)
  }
}
