import Pipeline
import Stages
import Testing

@Suite struct HostileBodyTests {
  /// The failure of a request that must be refused.
  func refusal(_ request: ClientRequest) throws -> ProxyFailure {
    try #require(throws: ProxyFailure.self) { try RequestFacts.read(request) }
  }

  func expectBadRequest(_ failure: ProxyFailure) {
    #expect(failure.code == .badRequest)
    #expect(failure.origin == .client)
    #expect(failure.retry == .never)
    #expect(failure.httpStatus == 400)
    #expect(failure.stage == "match-tag")
  }

  @Test(arguments: [
    ("", 0), ("  ", 2), ("null", 0), ("[]", 0), (#""text""#, 0), (#"{"model":"m"} x"#, 14),
    (#"{"model":"m",}"#, 13),
    (#"{"model":"m" "a":1}"#, 13), (#"{"model":01}"#, 10), (#"{"a":tru}"#, 8), (#"{"a":"\q"}"#, 6),
    ("{\"a\":\"\u{1}\"}", 6), ("{model:1}", 1), (#"{"a":-}"#, 6), (#"{"a":1e}"#, 7),
  ])
  func `says at which byte a body stops being a JSON object`(body: String, offset: Int) throws {
    let failure = try refusal(TagFixture.request(body))
    expectBadRequest(failure)
    #expect(failure.detail.hasSuffix("at byte \(offset)."), "\(failure.detail)")
  }

  @Test(arguments: [#"{}"#, #"{"model":null}"#, #"{"model":["m"]}"#, #"{"model":"m","model":1}"#])
  func `a body without a model is refused`(body: String) throws {
    let failure = try refusal(TagFixture.request(body))
    expectBadRequest(failure)
    #expect(failure.detail.contains("`model`"))
  }

  @Test func `a body cut at any byte is refused at that byte or before`() throws {
    let whole = TagFixture.request()
    for length in 0..<whole.body.count {
      var cut = whole
      cut.body = whole.body.prefix(length)
      let failure = try refusal(cut)
      expectBadRequest(failure)
      let problem = try #require(failure.cause as? JSONError)
      #expect(problem.offset <= length)
    }
  }

  @Test(arguments: [
    ("", ""), (#"{"model":"m","messages":"#, "}"), (#"{"model":"m","messages":[{"content":"#, "}]}"),
    (#"{"model":"m","messages":[{"content":[{"source":"#, "}]}]}"), (#"{"model":"m","tools":[{"x":"#, "}]}"),
  ])
  func `nesting of ten thousand levels is refused`(before: String, after: String) throws {
    for (open, close) in [("[", "]"), (#"{"content":"#, "}"), (#"[{"content":"#, "}]")] {
      let body =
        before + String(repeating: open, count: 10_000) + "1" + String(repeating: close, count: 10_000)
        + after
      expectBadRequest(try refusal(TagFixture.request(body)))
    }
  }

  @Test func `two thousand broken bodies are read or refused`() async throws {
    let original = Array(TagFixture.body.utf8)
    let paths = ["model", "messages.0.content.1.text", "tools.1.name", "metadata.user_id"]
    let step = try MatchTag(
      rules: paths.map {
        TagRule(name: $0, tag: $0, condition: .bodyJSON(path: $0, test: .matches(pattern: "*a*")))
      })
    var generator = SeededGenerator(state: 4)
    var accepted = 0
    for _ in 0..<2_000 {
      var request = TagFixture.request()
      request.body = Bytes(mutate(original, using: &generator))
      do throws(ProxyFailure) {
        let facts = try await step.run(request, in: TagFixture.exchange(request)).facts
        accepted += 1
        for field in facts.fields {
          #expect(rangeOfOneValue(request.body[field.valueRange]) == field.valueRange)
        }
      } catch {
        expectBadRequest(error)
      }
    }
    // Mutations within texts are harmless, others are not: both ways must have been taken.
    #expect(accepted > 100 && accepted < 1_900)
  }

  func rangeOfOneValue(_ text: Bytes) -> Range<Int>? {
    try? text.readJSON { (json) throws(JSONError) in
      let range = try json.skipValue()
      try json.end()
      return range
    }
  }

  /// Overwrites, removes, inserts or doubles a few bytes.
  func mutate(_ original: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let at = Int.random(in: 0..<bytes.count, using: &generator)
      let length = min(Int.random(in: 1...8, using: &generator), bytes.count - at)
      let special = Array(#"{}[]":,\u0eE-+.tfn 9"#.utf8) + [0, 0x80, 0xFF]
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[at] = special.randomElement(using: &generator)!
      case 2: bytes.removeSubrange(at..<at + length)
      case 3: bytes.insert(special.randomElement(using: &generator)!, at: at)
      default: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
      }
    }
    return bytes
  }
}
