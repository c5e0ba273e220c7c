import Pipeline
import Testing

@testable import Stages

@Suite struct HoldBackTests {
  /// Feeds events and returns, after each of them, the names of those released.
  func released(_ kinds: [MessageEvent.Kind], _ change: (inout FailoverOptions) -> Void = { _ in })
    throws -> [[Int]]
  {
    var options = FailoverOptions()
    change(&options)
    var hold = HoldBack(options)
    return try kinds.enumerated().map { place, kind in
      var out: [MessageEvent] = []
      try hold.receive(MessageEvent(frame: Bytes(utf8: String(place)), kind: kind), into: &out)
      return out.compactMap { Int($0.frame.text) }
    }
  }

  static let text: [MessageEvent.Kind] = [
    .messageStart, .ping, .blockStart(index: 0, block: .text), .blockDelta(index: 0), .blockDelta(index: 0),
    .blockStop(index: 0, isComplete: true), .messageDelta(stops: true), .messageStop,
  ]

  @Test func `the first text lets everything before it go, then each event goes at once`() throws {
    #expect(try released(Self.text) == [[], [], [], [0, 1, 2, 3], [4], [5], [6], [7]])
  }

  @Test func `complete mode shows nothing before message_stop`() throws {
    let steps = try released(Self.text) { $0.commit = .complete }
    #expect(steps.dropLast().allSatisfy { $0.isEmpty })
    #expect(steps.last == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func `a tool waits for its end, before the commit and after it`() throws {
    let tool: [MessageEvent.Kind] = [
      .blockStart(index: 0, block: .toolUse), .blockDelta(index: 0), .blockStop(index: 0, isComplete: true),
    ]
    #expect(try released([.messageStart] + tool) == [[], [], [], [0, 1, 2, 3]])
    #expect(try released(Array(Self.text.prefix(6)) + tool).suffix(3) == [[], [], [6, 7, 8]])
  }

  @Test func `pings overtake a held tool`() throws {
    let kinds = Array(Self.text.prefix(4)) + [.blockStart(index: 1, block: .toolUse), .ping]
    #expect(try released(kinds).last == [5])
  }

  @Test func `an incomplete tool waits for the stop reason that excuses it`() throws {
    let kinds: [MessageEvent.Kind] = [
      .messageStart, .blockStart(index: 0, block: .toolUse), .blockDelta(index: 0),
      .blockStop(index: 0, isComplete: false), .blockStart(index: 1, block: .toolUse),
      .blockStop(index: 1, isComplete: true), .messageDelta(stops: true),
    ]
    #expect(try released(kinds) == [[], [], [], [], [], [], [0, 1, 2, 3, 4, 5, 6]])
  }

  @Test func `thinking commits unless it is held`() throws {
    let kinds: [MessageEvent.Kind] = [
      .messageStart, .blockStart(index: 0, block: .thinking), .blockDelta(index: 0),
      .blockStop(index: 0, isComplete: true), .blockStart(index: 1, block: .text), .blockDelta(index: 1),
    ]
    #expect(try released(kinds) == [[], [], [0, 1, 2], [3], [4], [5]])
    #expect(try released(kinds) { $0.holdThinking = true } == [[], [], [], [], [], [0, 1, 2, 3, 4, 5]])
  }

  @Test func `empty deltas are no content, however many come`() throws {
    let kinds: [MessageEvent.Kind] = [
      .messageStart, .blockStart(index: 0, block: .thinking), .blockDelta(index: 0, isEmpty: true),
      .blockStop(index: 0, isComplete: true), .blockStart(index: 1, block: .text),
      .blockDelta(index: 1, isEmpty: true), .blockDelta(index: 1), .blockDelta(index: 1, isEmpty: true),
    ]
    #expect(try released(kinds) == [[], [], [], [], [], [], [0, 1, 2, 3, 4, 5, 6], [7]])
    let empty = Array(kinds.prefix(6)) + [.blockStop(index: 1, isComplete: true), .messageDelta(stops: true)]
    #expect(try released(empty).last == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func `an answer without content goes with its stop reason`() throws {
    #expect(try released([.messageStart, .messageDelta(stops: true), .messageStop]) == [[], [0, 1], [2]])
  }

  @Test func `refuses to hold more than its limit`() throws {
    var hold = HoldBack(FailoverOptions())
    var out: [MessageEvent] = []
    let frame = Bytes(repeating: 0x20, count: HoldBack.limit / 4 + 1)
    #expect(throws: ProxyFailure.self) {
      for _ in 0..<4 { try hold.receive(MessageEvent(frame: frame, kind: .ping), into: &out) }
    }
  }

  @Test func `a cut after the stop reason shows what was held and supplies message_stop`() throws {
    var hold = HoldBack(FailoverOptions())
    var out: [MessageEvent] = []
    for kind in Self.text.prefix(7) { try hold.receive(MessageEvent(frame: [1], kind: kind), into: &out) }
    out = []
    hold.finishAfterStopReason(into: &out)
    #expect(out.map(\.kind) == [.messageStop])
  }

  @Test func `a cut is ended gracefully only after a complete tool`() {
    var shown = HoldBack.Shown()
    shown.hasCommitted = true
    shown.openBlock = (0, .text)
    #expect(CutPolicy.action(for: shown, outputTokens: 7) == .drop)
    shown.hasCompleteTool = true
    shown.openBlock = (1, .text)
    guard case .end(let events) = CutPolicy.action(for: shown, outputTokens: 7) else {
      Issue.record("expected an end")
      return
    }
    let text = events.map(\.frame.text).joined()
    #expect(events.count == 3)
    #expect(text.contains(#""stop_reason":"tool_use""#) && text.contains(#""output_tokens":7"#))
    shown.openBlock = (1, .thinking)
    #expect(CutPolicy.action(for: shown, outputTokens: 7) == .drop)
  }
}
