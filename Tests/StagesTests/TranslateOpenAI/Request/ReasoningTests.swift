import Pipeline
import Testing

@testable import Stages

@Suite struct ReasoningTests {
  // MARK: How much

  static let requests: [(String, ThinkingLevel?)] = [
    ("", nil), (#""thinking":{"type":"disabled"}"#, .off),
    (#""thinking":{"type":"disabled"},"output_config":{"effort":"high"}"#, .off),
    (#""thinking":{"type":"between_tools"}"#, .off),
    (#""thinking":{"type":"adaptive"}"#, .high),
    (#""thinking":{"type":"adaptive"},"output_config":{"effort":"low"}"#, .low),
    (#""thinking":{"type":"enabled","budget_tokens":1024}"#, .low),
    (#""thinking":{"type":"enabled","budget_tokens":2048}"#, .medium),
    (#""thinking":{"type":"enabled","budget_tokens":8192}"#, .high),
    (#""thinking":{"type":"enabled","budget_tokens":24576}"#, .xhigh),
    (#""thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"max"}"#, .max),
    (#""output_config":{"effort":"medium"}"#, .medium), (#""output_config":{"effort":"off"}"#, nil),
    (#""thinking":7,"output_config":[]"#, nil),
  ]

  @Test(arguments: requests)
  func `the level a request asks for`(_ members: String, _ level: ThinkingLevel?) throws {
    #expect(ThinkingLevel(try JSONFields(Bytes(utf8: "{\(members)}"))) == level)
  }

  @Test func `a level without a word takes the next lower, then the next higher one`() {
    let levels = ["off": "none", "medium": "m", "max": "x"]
    let words = ThinkingLevel.allCases.map { $0.word(in: levels) }
    #expect(words == ["none", "m", "m", "m", "m", "x"])
    #expect(ThinkingLevel.off.word(in: ["low": "l"]) == nil)
    #expect(ThinkingLevel.low.word(in: ["off": "none"]) == nil)
  }

  struct Switch: Sendable {
    var effort: String
    var expected: String
    var losses: [Degradation.Code]
    var change: RequestFixture.Change

    init(
      _ effort: String, _ expected: String, losses: [Degradation.Code] = [],
      _ change: @escaping RequestFixture.Change
    ) {
      (self.effort, self.expected, self.losses, self.change) = (effort, expected, losses, change)
    }
  }

  static func levels(
    _ kind: ProviderProfile.ReasoningSwitch, _ levels: [String: String] = [:]
  ) -> RequestFixture.Change {
    {
      $0.reasoningSwitch = kind
      $0.reasoningLevels = levels
    }
  }

  // The columns of translation.md §2.
  static let openAI = levels(
    .effort, ["off": "none", "low": "low", "medium": "medium", "high": "high", "xhigh": "xhigh"])
  static let deepSeek = levels(
    .thinkingTypeAndEffort,
    ["low": "low", "medium": "high", "high": "high", "xhigh": "high", "max": "max"])
  static let glm53 = levels(.effort, ["off": "low", "low": "low", "high": "high", "max": "max"])
  static let qwen = levels(
    .enableThinking, ["low": "2048", "medium": "8192", "high": "24576", "xhigh": "", "max": ""])
  static let openRouter = levels(.reasoningObject, ["low": "low", "medium": "medium", "high": "high"])

  static let switches: [Switch] = [
    Switch("off", "", levels(.none)), Switch("high", "", levels(.none)),
    Switch("off", #""reasoning_effort":"none""#, openAI),
    Switch("medium", #""reasoning_effort":"medium""#, openAI),
    Switch("xhigh", #""reasoning_effort":"xhigh""#, openAI),
    Switch("max", #""reasoning_effort":"xhigh""#, openAI),
    Switch("off", #""thinking":{"type":"disabled"}"#, deepSeek),
    Switch("medium", #""thinking":{"type":"enabled"},"reasoning_effort":"high""#, deepSeek),
    Switch("max", #""thinking":{"type":"enabled"},"reasoning_effort":"max""#, deepSeek),
    Switch("off", #""reasoning_effort":"low""#, losses: [.thinkingNotTurnedOff], glm53),
    Switch(
      "off", #""thinking":{"type":"enabled"},"reasoning_effort":"low""#, losses: [.thinkingNotTurnedOff],
      levels(.thinkingTypeAndEffort, ["off": "low"])),
    Switch("off", #""thinking":{"type":"disabled"}"#, levels(.thinkingType)),
    Switch("low", #""thinking":{"type":"enabled"}"#, levels(.thinkingType)),
    Switch("off", #""enable_thinking":false"#, qwen),
    Switch("low", #""enable_thinking":true,"thinking_budget":2048"#, qwen),
    Switch("max", #""enable_thinking":true"#, qwen),
    Switch("off", #""reasoning":{"enabled":false}"#, openRouter),
    Switch("low", #""reasoning":{"effort":"low"}"#, openRouter),
    Switch("max", #""reasoning":{"effort":"high"}"#, openRouter),
    Switch("high", #""reasoning":{"enabled":true}"#, levels(.reasoningObject)),
    Switch("off", #""chat_template_kwargs":{"enable_thinking":false}"#, levels(.chatTemplate)),
    Switch("max", #""chat_template_kwargs":{"enable_thinking":true}"#, levels(.chatTemplate)),
  ]

  @Test(arguments: switches)
  func `each provider is asked its own way`(_ row: Switch) throws {
    let asked =
      row.effort == "off"
      ? #""thinking":{"type":"disabled"}"# : #""output_config":{"effort":"\#(row.effort)"}"#
    #expect(try RequestFixture.members(asked, row.change) == row.expected)
    #expect(try RequestFixture.losses(asked, row.change).map(\.code) == row.losses)
  }

  @Test(arguments: [
    ("", false), (#","thinking":{"type":"disabled"}"#, false), (#","thinking":{"type":"adaptive"}"#, true),
    (#","thinking":{"type":"adaptive","display":"updates"}"#, true),
    (#","thinking":{"type":"adaptive","display":"omitted"}"#, false),
  ])
  func `thinking is shown to who asked for it`(_ members: String, _ isShown: Bool) throws {
    let translated = try RequestFixture.translate(
      #"{"messages":[{"role":"user","content":"hi"}]\#(members)}"#)
    #expect(translated.translation.showsThinking == isShown)
  }

  // MARK: History

  static let ours = #"{"type":"thinking","thinking":"t1","signature":"px1.e.1"}"#
  static let hidden = #"{"type":"thinking","thinking":"","signature":"px1.e.2"}"#
  static let foreign = #"{"type":"thinking","thinking":"t2","signature":"EqQBCg=="}"#
  static let unsigned = #"{"type":"thinking","thinking":"t3"}"#
  static let memory = Memory(details: [
    "px1.e.2":
      #"[{"type":"reasoning.text","text":"h\ud83d"},{"type":"reasoning.encrypted","data":"d"}, {"type":"reasoning.summary","summary":"s"}]"#
  ])

  static func said(
    _ title: String, _ blocks: String, _ reasoning: String, losses: [Degradation.Code] = [],
    _ change: @escaping RequestFixture.Change
  ) -> Golden {
    Golden(
      title,
      #"{"role":"user","content":"go"},{"role":"assistant","content":[\#(blocks),{"type":"text","text":"a"}]}"#,
      #"{"role":"user","content":"go"},{"role":"assistant","content":"a"\#(reasoning)}"#, losses: losses,
      memory: memory, change)
  }

  static let replays: [Golden] = [
    said("left out by default", ours, "") { _ in },
    said("reasoning_content", ours, #","reasoning_content":"t1""#) {
      $0.reasoningReplay = .reasoningContent
    },
    said("reasoning", "\(ours),\(ours)", #","reasoning":"t1\n\nt1""#) { $0.reasoningReplay = .reasoning },
    said("what the client was not shown", hidden, #","reasoning_content":"h\ud83ds""#) {
      $0.reasoningReplay = .reasoningContent
    },
    said(
      "details verbatim", "\(hidden),\(ours)",
      #","reasoning_details":[{"type":"reasoning.text","text":"h\ud83d"},{"type":"reasoning.encrypted","data":"d"},{"type":"reasoning.summary","summary":"s"}]"#
    ) { $0.reasoningReplay = .reasoningDetails },
    said("the text when its details are forgotten", ours, #","reasoning":"t1""#) {
      $0.reasoningReplay = .reasoningDetails
    },
    said("other models' thinking", foreign, "", losses: [.thinkingDropped]) {
      $0.reasoningReplay = .reasoningContent
    },
    said(
      "other models' thinking where the field must be there", "\(foreign),\(unsigned)",
      #","reasoning_content":"t2\n\nt3""#, losses: [.thinkingDropped]
    ) {
      $0.reasoningReplay = .reasoningContent
      $0.reasoningPlaceholder = "-"
    },
    said(
      "a placeholder where nothing is known", #"{"type":"redacted_thinking","data":"d"}"#,
      #","reasoning_content":"-""#, losses: [.thinkingDropped, .reasoningUnknown]
    ) {
      $0.reasoningReplay = .reasoningContent
      $0.reasoningPlaceholder = "-"
    },
  ]

  @Test(arguments: replays)
  func `earlier reasoning goes back`(_ golden: Golden) throws { try golden.check() }

  static func turn(_ id: String) -> String {
    #"""
    {"role":"assistant","content":[\#(ours),{"type":"tool_use","id":"\#(id)","name":"T","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(id)","content":"r"},{"type":"text","text":"reminder"}]}
    """#
  }

  @Test(arguments: [ProviderProfile.ReplayScope.toolLoop, .always])
  func `reasoning of the tool loop, or all of it`(_ scope: ProviderProfile.ReplayScope) throws {
    let user = #"{"role":"user","content":"go"}"#
    let body =
      #"{"messages":[\#([user, Self.turn("a"), user, Self.turn("b"), Self.turn("c")].joined(separator: ","))]}"#
    let translated = try RequestFixture.translate(body) {
      $0.reasoningReplay = .reasoningContent
      $0.replayScope = scope
    }
    let replayed = try RequestFixture.messages(of: translated).map(JSONFields.init)
      .filter { $0.string("role") == "assistant" }.map { $0["reasoning_content"] != nil }
    #expect(replayed == [scope == .always, true, true])
  }
}
