import Pipeline
import ProxyTesting
import Testing

@testable import Stages

@Suite struct RequestRoundTripTests {
  static let profiles: [RequestFixture.Change] = [
    { _ in }, { $0.needsAlternation = true }, { $0.acceptsLateSystem = true },
    { $0.acceptsImagesInToolMessages = true }, { $0.cacheMarks = .cacheControl },
    {
      $0.reasoningReplay = .reasoningContent
      $0.reasoningPlaceholder = "-"
    },
  ]

  static func body(_ messages: some Sequence<String>) -> String {
    #"{"model":"claude","messages":[\#(messages.joined(separator: ","))]}"#
  }

  @Test func `whatever is said is kept, once and in its order`() throws {
    for seed in 0..<600 as Range<UInt64> {
      var generator = ConversationGenerator(seed: seed)
      let body = Self.body(generator.conversation())
      let content = generator.content
      let translated = try RequestFixture.translate(body, Self.profiles[Int(seed) % Self.profiles.count])
      let messages = try RequestFixture.messages(of: translated).map(JSONFields.init)

      let said = messages.map { $0["content"]?.text ?? "" }.joined(separator: "|")
      for text in content.texts { #expect(said.ranges(of: text).count == 1, "seed \(seed): \(text)") }
      for image in content.images { #expect(said.ranges(of: image + #"""#).count == 1, "seed \(seed)") }

      let calls = try messages.flatMap { $0.array("tool_calls") ?? [] }.map(JSONFields.init)
      let ids = content.calls.map { $0.replacing("toolu_px_", with: "") }
      #expect(calls.map { $0.string("id") } == ids, "seed \(seed)")
      #expect(messages.compactMap { $0.string("tool_call_id") } == ids, "seed \(seed)")
      let arguments = calls.map { $0.object("function")?.string("arguments") }
      #expect(arguments == content.inputs.map { Bytes(utf8: $0).compactJSON.text }, "seed \(seed)")
    }
  }

  @Test func `messages keep the grammar of Chat Completions`() throws {
    for seed in 1000..<1600 as Range<UInt64> {
      var generator = ConversationGenerator(seed: seed)
      let body = Self.body(generator.conversation())
      let alternates = seed % 2 == 0
      let translated = try RequestFixture.translate(body) { $0.needsAlternation = alternates }
      let messages = try RequestFixture.messages(of: translated).map(JSONFields.init)
      var open: [String] = []
      var last = ""
      for message in messages {
        let role = message.string("role") ?? ""
        if role == "tool" {
          let id = message.string("tool_call_id") ?? ""
          #expect(open.contains(id), "seed \(seed)")
          open.removeAll { $0 == id }
        } else {
          #expect(open.isEmpty, "a call without its result, seed \(seed)")
          #expect(!(alternates && last == role), "seed \(seed)")
        }
        open += try (message.array("tool_calls") ?? []).map { try JSONFields($0).string("id") ?? "" }
        last = role
      }
      #expect(open.isEmpty, "seed \(seed)")
    }
  }

  // Prompt caches live by it (Q53).
  @Test func `a longer conversation begins like the shorter one`() throws {
    for seed in 2000..<2300 as Range<UInt64> {
      var generator = ConversationGenerator(seed: seed)
      let all = generator.conversation()
      let change: RequestFixture.Change = {
        $0.reasoningReplay = .reasoningContent
        $0.replayScope = .always
      }
      let whole = try RequestFixture.messages(of: RequestFixture.translate(Self.body(all), change))
      // Up to each message of the user's that is not followed by a late system message.
      for end in 1..<max(2, all.count) where all[end - 1].contains(#""role":"user""#) {
        let part = try RequestFixture.messages(
          of: RequestFixture.translate(Self.body(all.prefix(end)), change))
        #expect(Array(whole.prefix(part.count)) == part, "seed \(seed), \(end) messages")
      }
    }
  }

  @Test func `the same request becomes the same bytes`() throws {
    let once = try RequestFixture.translate(ConversationGenerator.wholeBody)
    let twice = try RequestFixture.translate(ConversationGenerator.wholeBody)
    #expect(once.body == twice.body)
    #expect(once.degradations == twice.degradations)
  }
}
