import Pipeline
import ProxyTesting
import Stages
import Testing

/// Deltas that are like the one before but for their payload are read by comparison: what is said of them must
/// not depend on it.
@Suite struct DeltaPatternTests {
  @Test(arguments: [
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\"}}"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ud83d\ude00 é 流"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"} }"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b","text":"c"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\x"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":null}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":3}}"#,
    #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"b"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""#,
    "",
  ])
  func `judges a delta alike with and without one before it`(data: String) {
    for name in ["content_block_delta", "ping", "error", ""] {
      let alone = started.event(name, data)
      let second = started.textDelta("a").event(name, data)
      let third = started.textDelta("a").textDelta("").event(name, data)
      let expected = Judgement(alone, framesBefore: 2)
      #expect(Judgement(second, framesBefore: 3) == expected, "as \(name)")
      #expect(Judgement(third, framesBefore: 4) == expected, "as \(name)")
    }
  }

  @Test func `reads tool input of deltas that are alike`() {
    let pieces = [#"{\"a"#, #"\":[1,"#, "2]", "}"]
    let whole = pieces.reduce(AnthropicStream().toolStart("Read")) { $0.delta(Self.inputDelta($1)) }
    #expect(Validation(whole.blockStop().stop("tool_use")).failure == nil)
    let cut = pieces.dropLast().reduce(AnthropicStream().toolStart("Read")) { $0.delta(Self.inputDelta($1)) }
    #expect(Validation(cut.blockStop().stop("tool_use")).failure?.rule == "V19")
  }

  // V22
  @Test func `warns of thinking after the signature though it is like the thinking before`() {
    let stream = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"","signature":""}"#)
      .delta(#"{"type":"thinking_delta","thinking":"a"}"#).delta(
        #"{"type":"signature_delta","signature":"s"}"#
      )
      .delta(#"{"type":"thinking_delta","thinking":"b"}"#).delta(#"{"type":"thinking_delta","thinking":"c"}"#)
      .blockStop().text("d").stop()
    expectWarnings(stream, ["V22": 2])
  }

  private var started: AnthropicStream { AnthropicStream().blockStart(#"{"type":"text","text":""}"#) }

  private static func inputDelta(_ piece: String) -> String {
    #"{"type":"input_json_delta","partial_json":"\#(piece)"}"#
  }

  /// What became of a stream's last frame.
  private struct Judgement: Equatable {
    var kinds: [MessageEvent.Kind]
    var bytes: [Bytes]
    var rule: String?
    var code: ProxyFailure.Code?
    var repairs: [String: Int]
    var warnings: [String: Int]

    init(_ stream: AnthropicStream, framesBefore count: Int) {
      let validation = Validation(stream)
      kinds = Array(validation.kinds.dropFirst(count))
      bytes = validation.outcome.outputs.dropFirst(count).map(\.frame)
      rule = validation.failure?.rule
      code = validation.failure?.code
      repairs = validation.report.repairs
      warnings = validation.report.warnings
    }
  }
}
