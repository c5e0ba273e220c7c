import Pipeline
import Testing

@testable import Stages

/// Requests and translations as the tests write them down.
enum RequestFixture {
  typealias Change = @Sendable (inout ProviderProfile) -> Void

  static let endpoint = Endpoint(name: "e", url: "https://models.example")

  static func profile(_ change: Change = { _ in }) -> ProviderProfile {
    var profile = ProviderProfile(name: "test")
    change(&profile)
    return profile
  }

  /// Translates a whole body for the model `m`.
  static func run(
    _ body: String, endpoint: Endpoint = endpoint, memory: Memory = Memory(), _ change: Change = { _ in }
  ) throws -> RequestTranslation {
    // Not at index 0, so that an offset taken for an index is noticed.
    let bytes = Bytes(utf8: "skip" + body).dropFirst(4)
    return try TranslateRequest(profile: profile(change), endpoint: endpoint)
      .translated(bytes, model: "m", memory: memory)
  }

  static func translate(
    _ body: String, endpoint: Endpoint = endpoint, memory: Memory = Memory(), _ change: Change = { _ in }
  ) throws -> TranslatedRequest {
    switch try run(body, endpoint: endpoint, memory: memory, change) {
    case .send(let translated):
      try #require(translated.body.isJSON)
      return translated
    case .answerLocally(let answer):
      Issue.record("answered locally: \(answer.message.text)")
      throw CancellationError()
    }
  }

  /// The body of the translation of a request with these members beside one message.
  static func members(_ members: String, _ change: Change = { _ in }) throws -> String {
    let translated = try translate(#"{"messages":[{"role":"user","content":"hi"}],\#(members)}"#, change)
    let head = #"{"model":"m","messages":[{"role":"user","content":"hi"}]"#
    let text = translated.body.text
    try #require(text.hasPrefix(head))
    return String(text.dropFirst(head.count).dropLast().drop { $0 == "," })
  }

  /// What was lost.
  static func losses(_ members: String, _ change: Change = { _ in }) throws -> [Degradation] {
    try translate(#"{"messages":[{"role":"user","content":"hi"}],\#(members)}"#, change).degradations
  }

  /// The `messages` of a translation.
  static func messages(of translated: TranslatedRequest) throws -> [Bytes] {
    try #require(JSONFields(translated.body).array("messages"))
  }
}

/// One conversation and what becomes of it.
struct Golden: Sendable, CustomTestStringConvertible {
  var title: String
  var messages: String
  var expected: String
  var losses: [Degradation.Code]
  var memory = Memory()
  var change: RequestFixture.Change

  init(
    _ title: String, _ messages: String, _ expected: String, losses: [Degradation.Code] = [],
    memory: Memory = Memory(), _ change: @escaping RequestFixture.Change = { _ in }
  ) {
    self.title = title
    self.messages = messages
    self.expected = expected
    self.losses = losses
    self.memory = memory
    self.change = change
  }

  var testDescription: String { title }

  /// Compares tokens, their spelling and their order; the literals may be laid out freely.
  func check() throws {
    let translated = try RequestFixture.translate(
      #"{"model":"claude-opus-5","messages":[\#(messages)]}"#, memory: memory, change)
    let fields = try JSONFields(translated.body)
    #expect(fields["messages"]?.text == Bytes(utf8: "[\(expected)]").compactJSON.text)
    #expect(translated.degradations.map(\.code) == losses)
  }
}

/// Remembers what it is told to begin with.
struct Memory: ReasoningReplaying {
  var calls: [String: RememberedToolCall] = [:]
  var details: [String: String] = [:]

  func toolCall(_ id: String) -> RememberedToolCall? { calls[id] }
  func reasoningDetails(for signature: String) -> Bytes? { details[signature].map { Bytes(utf8: $0) } }
}
