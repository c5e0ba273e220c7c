import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// What a client may have of an answer that is cut.
enum Place {
  /// Nothing.
  case unseen
  /// Text or thinking, and no whole tool call.
  case dropped
  /// A whole tool call.
  case endedEarly
  /// All that matters: the stop reason is known.
  case whole
}

/// An answer, with what a client has of it after each of its frames.
struct CutAnswer: Sendable {
  var name: String
  var frames: [Bytes]
  /// For each number of frames that came, from 0: the place, and how many of them the client sees.
  var places: [(Place, visible: Int)]

  static let all: [CutAnswer] = [text, thinking, tools, textAndTools]

  static let text = CutAnswer(
    name: "text", frames: Answers.textFrames("One", " two"),
    places: hidden(0...2) + shown(.dropped, 3...5) + shown(.whole, 6...7))

  static let thinking = CutAnswer(
    name: "thinking and text",
    frames: [
      Answers.start(), Answers.thinkingStart, Answers.thinking("Hm"), Answers.signature, Answers.blockStop(),
      Answers.textStart(1), Answers.text("Yes.", index: 1), Answers.blockStop(1),
      Answers.stopReason("end_turn"), Answers.messageStop,
    ],
    places: hidden(0...2) + shown(.dropped, 3...8) + shown(.whole, 9...10))

  static let tools = CutAnswer(
    name: "two tools",
    frames: [Answers.start()] + Answers.tool(0) + Answers.tool(1)
      + [Answers.stopReason("tool_use"), Answers.messageStop],
    places: hidden(0...4) + held(.endedEarly, 5...8, at: 5) + shown(.endedEarly, 9...9)
      + shown(.whole, 10...11))

  static let textAndTools = CutAnswer(
    name: "text and two tools",
    frames: [Answers.start(), Answers.textStart, Answers.text("Look."), Answers.blockStop()]
      + Answers.tool(1) + Answers.tool(2) + [Answers.stopReason("tool_use"), Answers.messageStop],
    places: hidden(0...2) + shown(.dropped, 3...4) + held(.dropped, 5...7, at: 4)
      + held(.endedEarly, 8...11, at: 8) + shown(.endedEarly, 12...12) + shown(.whole, 13...14))

  private static func hidden(_ counts: ClosedRange<Int>) -> [(Place, visible: Int)] {
    counts.map { _ in (.unseen, 0) }
  }

  private static func shown(_ place: Place, _ counts: ClosedRange<Int>) -> [(Place, visible: Int)] {
    counts.map { (place, $0) }
  }

  /// A tool call is held back: the client sees no more than before it.
  private static func held(
    _ place: Place, _ counts: ClosedRange<Int>, at visible: Int
  ) -> [(Place, visible: Int)] {
    counts.map { _ in (place, visible) }
  }
}

/// One way to cut one answer after so many frames.
struct Cut: Sendable, CustomTestStringConvertible {
  enum Ending: CaseIterable {
    case reset
    /// Closed without the last chunk.
    case close
    /// The body ends as HTTP demands.
    case properEnd
    case stall
  }

  var answer: CutAnswer
  var count: Int
  var ending: Ending
  var hasSecond: Bool

  static let idle = Duration.seconds(30)

  var testDescription: String {
    "\(answer.name), \(ending) after \(count), \(hasSecond ? "two endpoints" : "one endpoint")"
  }

  var place: Place { answer.places[count].0 }
  var visible: Int { answer.places[count].visible }
  /// Waiting a second time would only double the wait.
  var tries: Int { ending == .stall ? 1 : 2 }

  var script: ScriptedUpstream.Script {
    let end: [ScriptedUpstream.Action] =
      switch ending {
      case .reset: [.reset]
      case .close: [.close]
      case .properEnd: [.end]
      case .stall: [.awaitClose(Gate())]
      }
    return [Answers.head] + answer.frames.prefix(count).map { .chunk($0) } + end
  }

  var failure: (code: ProxyFailure.Code, stage: String, rule: String?) {
    switch ending {
    case .reset: (.connectionLost, "call-upstream", "V38")
    case .close: (.truncated, "call-upstream", "V38")
    case .properEnd: (.truncated, "validate-protocol", "V34")
    case .stall: (.idleTimeout, "call-upstream", "V37")
    }
  }

  /// A clock that stands still tells a stall by the first endpoint's idle limit alone.
  func configure(_ settings: inout Settings) {
    guard ending == .stall else { return }
    settings.failover.pingInterval = .seconds(100_000)
    for place in settings.endpoints.indices {
      settings.endpoints[place].timeouts.firstByte = .seconds(100_000)
      settings.endpoints[place].timeouts.progress = .seconds(100_000)
      settings.endpoints[place].timeouts.idle = place == 0 ? Self.idle : .seconds(100_000)
    }
  }
}
