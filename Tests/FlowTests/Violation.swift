import Pipeline
import Testing

/// A way to break the protocol in the middle of a message: which rule, and how.
struct Violation: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var rule: String
  var code = ProxyFailure.Code.protocolViolation
  /// Frames that may follow when the next block's number is the argument.
  var frames: @Sendable (Int) -> [Bytes]

  /// The rules whose breach is fatal at any place between message_start and the stop_reason.
  static let all: [Violation] = framing + blocks + tools

  private static let framing: [Violation] = [
    Violation(testDescription: "data that is not JSON", rule: "V3", code: .malformedEvent) { _ in
      [Bytes(utf8: "event: content_block_start\ndata: {oops\n\n")]
    },
    Violation(testDescription: "data without a type", rule: "V3", code: .malformedEvent) { _ in
      [Bytes(utf8: "event: content_block_start\ndata: {\"index\":0}\n\n")]
    },
    Violation(testDescription: "a NUL character", rule: "V4", code: .malformedEvent) { _ in
      [Bytes(utf8: ": \0\n\n")]
    },
    Violation(testDescription: "bytes that are not UTF-8", rule: "V4", code: .malformedEvent) { _ in
      [Bytes(utf8: ": ") + [0xC3, 0x28] + Bytes(utf8: "\n\n")]
    },
    Violation(testDescription: "an event without its blank line", rule: "V5", code: .truncated) { _ in
      [Bytes(utf8: "event: content_block_start\ndata: {\"type\":")]
    },
    Violation(testDescription: "a second message_start", rule: "V8") { _ in [Answers.start()] },
    Violation(testDescription: "no stop_reason before message_stop", rule: "V27", code: .truncated) { _ in
      [Answers.messageStop]
    },
    Violation(testDescription: "a stop_reason that is no string", rule: "V27", code: .malformedEvent) { _ in
      [Answers.frame("message_delta", #""delta":{"stop_reason":5},"usage":{"output_tokens":1}"#)]
    },
    Violation(testDescription: "the end before the message's", rule: "V34", code: .truncated) { _ in [] },
    Violation(testDescription: "an error event", rule: "V35", code: .errorEvent) { _ in [Answers.overloaded]
    },
    Violation(testDescription: "an error without a type", rule: "V36", code: .errorEvent) { _ in
      [Bytes(utf8: "data: {\"error\":{\"message\":\"no more\"}}\n\n")]
    },
  ]

  private static let blocks: [Violation] = [
    Violation(testDescription: "two blocks of one number", rule: "V12") { index in
      [Answers.toolStart(index), Answers.toolStart(index)]
    },
    Violation(testDescription: "a block that never closes before the next", rule: "V13") { index in
      [
        Answers.toolStart(index), Answers.toolJSON("{", index), Answers.toolStart(index + 1),
        Answers.toolJSON("{}", index + 1), Answers.blockStop(index + 1), Answers.stopReason("tool_use"),
      ]
    },
    Violation(testDescription: "a delta without a block", rule: "V14") { index in
      [Answers.text("x", index: index)]
    },
    Violation(testDescription: "a block without a type", rule: "V15", code: .malformedEvent) { index in
      [Answers.frame("content_block_start", #""index":\#(index),"content_block":{"text":""}"#)]
    },
    Violation(testDescription: "text in a tool block", rule: "V16") { index in
      [Answers.toolStart(index), Answers.text("x", index: index)]
    },
    Violation(testDescription: "text that is a number", rule: "V17", code: .malformedEvent) { index in
      [
        Answers.textStart(index),
        Answers.frame(
          "content_block_delta", #""index":\#(index),"delta":{"type":"text_delta","text":5}"#),
      ]
    },
  ]

  private static let tools: [Violation] = [
    Violation(testDescription: "a tool without a name", rule: "V18") { index in
      [
        Answers.frame(
          "content_block_start",
          #""index":\#(index),"content_block":{"type":"tool_use","id":"t","name":"","input":{}}"#)
      ]
    },
    closedTool("tool input with trailing bytes", #"{"a":1}}"#),
    closedTool("tool input that is cut but closed", #"{"a":[1,2"#),
    Violation(testDescription: "the stop inside tool input", rule: "V25") { index in
      [Answers.toolStart(index), Answers.toolJSON("{", index), Answers.stopReason("tool_use")]
    },
  ]

  private static func closedTool(_ name: String, _ input: String) -> Violation {
    Violation(testDescription: name, rule: "V19") { index in
      [
        Answers.toolStart(index), Answers.toolJSON(input, index), Answers.blockStop(index),
        Answers.stopReason("tool_use"), Answers.messageStop,
      ]
    }
  }
}
