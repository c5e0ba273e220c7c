import Pipeline
import ProxyTesting
import Settings
import Stages
import Testing

/// One cell of the fault matrix: how an answer breaks, where, in which protocol and mode, and who is left.
struct Fault: Sendable, CustomTestStringConvertible {
  enum Kind: CaseIterable {
    case reset, close, properEnd, stall, errorEvent, invalidJSON, webPage, brokenRule, brokenChunk
  }

  enum Mode: CaseIterable { case firstContent, complete, resume }

  /// What a client must have got in the end.
  enum Expected: Equatable {
    /// An honest error instead of an answer.
    case error
    /// The second endpoint's answer and nothing else.
    case second
    /// The first endpoint's, whole.
    case whole
    /// The first endpoint's up to a complete tool call, ended in good order.
    case endedEarly
    /// Part of the first one's, then a dropped connection.
    case dropped
    /// The first one's text, then the second one's, as one message.
    case continued
  }

  static let idle = Duration.seconds(30)
  static let secondText = " From the second."

  var answer: FaultAnswer
  /// Frames before the fault.
  var count: Int
  var kind: Kind
  var mode: Mode
  var hasSecond: Bool

  static let all: [Fault] = FaultAnswer.all.flatMap { answer in
    (0...answer.steps.count).flatMap { count in
      Kind.allCases.flatMap { kind in
        Mode.allCases.flatMap { mode in
          [true, false].map { Fault(answer: answer, count: count, kind: kind, mode: mode, hasSecond: $0) }
        }
      }
    }
  }

  var testDescription: String {
    "\(answer.name): \(kind) after \(count), \(mode), \(hasSecond ? "one left" : "none left")"
  }

  var script: ScriptedUpstream.Script {
    let end: [ScriptedUpstream.Action] =
      switch kind {
      case .reset: [.reset]
      case .close: [.close]
      case .properEnd: [.end]
      case .stall: [.awaitClose(Gate())]
      case .errorEvent: [.chunk(answer.error), .end]
      case .invalidJSON: [.chunk(Bytes(utf8: "event: content_block_delta\ndata: {oops\n\n")), .end]
      case .webPage: [.chunk(Bytes(utf8: "<html><body>Bad gateway</body></html>\n\n")), .end]
      case .brokenRule: [.chunk(answer.violation), .end]
      // A chunk's size that is no number: the framing itself is broken, not what is in it.
      case .brokenChunk: [.raw(Bytes(utf8: "zz\r\n")), .close]
      }
    return [answer.isChat ? OpenAI.head : Answers.head] + sent.map { .chunk($0.frame) } + end
  }

  /// What came before the fault.
  var sent: ArraySlice<FaultAnswer.Step> { answer.steps.prefix(count) }

  /// What the client may have of it.
  var text: String { sent.compactMap(\.text).joined() }
  var calls: Int { isWholeCall ? 1 : sent.count(where: \.endsTool) }

  /// A chat completion whose only call has all of its arguments may end without a finish reason (Q9); lines that
  /// are no field of an event stream are nothing.
  private var isWholeCall: Bool {
    answer.wholeCallAt == count && (kind == .properEnd || kind == .webPage)
  }

  var expected: Expected {
    if sent.contains(where: \.stops) || isWholeCall { return .whole }
    let isCommitted = sent.contains { $0.text != nil || $0.isThinking } || calls > 0
    guard isCommitted, mode != .complete else { return hasSecond ? .second : .error }
    if calls > 0 { return .endedEarly }
    guard mode == .resume, !text.isEmpty else { return .dropped }
    // Alone, the first is asked to go on itself, and breaks off again before it has said anything new.
    return hasSecond ? .continued : .dropped
  }

  /// A clock that stands still tells a stall by the first endpoint's idle limit alone.
  func configure(_ settings: inout Settings) {
    settings.failover.commit = mode == .complete ? .complete : .firstContent
    settings.failover.resume = mode == .resume ? .text : .off
    settings.failover.pingInterval = .seconds(100_000)
    for place in settings.endpoints.indices {
      settings.endpoints[place].timeouts.firstByte = .seconds(100_000)
      settings.endpoints[place].timeouts.progress = .seconds(100_000)
      settings.endpoints[place].timeouts.idle = place == 0 ? Self.idle : .seconds(100_000)
    }
    if answer.isChat { OpenAI.at(0)(&settings) }
  }
}

/// An answer as the frames an endpoint sends, and what each of them gives a client.
struct FaultAnswer: Sendable {
  struct Step: Sendable {
    var frame: Bytes
    var text: String?
    var isThinking = false
    /// A tool call is whole with it.
    var endsTool = false
    /// The stop reason is known with it.
    var stops = false
  }

  var name: String
  var isChat = false
  var steps: [Step]
  var error = Answers.overloaded
  /// Well-formed, and against the rules wherever it stands.
  var violation = Answers.deltaOfNoBlock
  /// So many frames are text and one call with all of its arguments, without the reason why it ended.
  var wholeCallAt: Int?

  var text: String { steps.compactMap(\.text).joined() }
  var calls: Int { steps.count(where: \.endsTool) }

  static let all = [textOnly, everything, chat, thinkingChat]

  static let textOnly = FaultAnswer(
    name: "text",
    steps: [
      Step(frame: Answers.start()), Step(frame: Answers.ping), Step(frame: Answers.textStart),
      Step(frame: Answers.text("One"), text: "One"), Step(frame: Answers.text(", two."), text: ", two."),
      Step(frame: Answers.blockStop()), Step(frame: Answers.stopReason("end_turn"), stops: true),
      Step(frame: Answers.messageStop),
    ])

  static let everything = FaultAnswer(
    name: "thinking, text, tool, text, tool",
    steps: [
      Step(frame: Answers.start()), Step(frame: Answers.thinkingStart),
      Step(frame: Answers.thinking("Hm"), isThinking: true), Step(frame: Answers.signature),
      Step(frame: Answers.blockStop()), Step(frame: Answers.textStart(1)),
      Step(frame: Answers.text("Look.", index: 1), text: "Look."), Step(frame: Answers.blockStop(1)),
      Step(frame: Answers.toolStart(2)), Step(frame: Answers.toolJSON(#"{"file_path":"#, 2)),
      Step(frame: Answers.toolJSON(#""/etc/hosts"}"#, 2)), Step(frame: Answers.blockStop(2), endsTool: true),
      Step(frame: Answers.textStart(3)), Step(frame: Answers.text("And.", index: 3), text: "And."),
      Step(frame: Answers.blockStop(3)), Step(frame: Answers.toolStart(4)),
      Step(frame: Answers.toolJSON(#"{"file_path":"/etc/passwd"}"#, 4)),
      Step(frame: Answers.blockStop(4), endsTool: true),
      Step(frame: Answers.stopReason("tool_use"), stops: true), Step(frame: Answers.messageStop),
    ])

  static let chat = FaultAnswer(
    name: "chat completion", isChat: true,
    steps: zip(
      ChatStream().delta(#""role":"assistant""#).text("One").text(", two.")
        .call(0, id: "call_1", name: "Read", #"{"file_path":"#).call(0, #""/etc/hosts"}"#)
        .choice(#""delta":{},"finish_reason":"tool_calls""#).done().frames,
      [nil, "One", ", two.", nil, nil, nil, nil]
    ).enumerated().map { place, step in
      Step(frame: step.0, text: step.1, endsTool: place == 5, stops: place == 5)
    },
    error: chatError, violation: chatViolation, wholeCallAt: 5)

  /// The client did not ask for thinking: it is not shown, so it commits to nothing.
  static let thinkingChat = FaultAnswer(
    name: "chat completion that thinks unasked", isChat: true,
    steps: [
      Step(frame: frame { $0.delta(#""role":"assistant""#) }),
      Step(frame: frame { $0.reasoning("Hm") }), Step(frame: frame { $0.reasoning(", so.") }),
      Step(frame: frame { $0.text("One") }, text: "One"),
      Step(frame: frame { $0.text(", two.") }, text: ", two."),
      Step(frame: frame { $0.finish("stop") }, stops: true),
      Step(frame: frame { $0.usage() }),
      Step(frame: frame { $0.done() }),
    ], error: chatError, violation: chatViolation)

  private static let chatError = Bytes(
    utf8: "data: {\"error\":{\"message\":\"overloaded\",\"code\":529}}\n\n")
  private static let chatViolation = ChatStream().data(
    #"{"object":"chat.completion.chunk","choices":"none"}"#
  )
  .bytes

  private static func frame(_ make: (ChatStream) -> ChatStream) -> Bytes { make(ChatStream()).bytes }
}
