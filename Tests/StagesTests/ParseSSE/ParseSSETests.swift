import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct ParseSSETests {
  func parse(_ text: String) -> StageOutcome<ServerSentEvent> {
    ParseSSE().outcome(of: [Bytes(utf8: text)])
  }

  func names(_ text: String) -> [String] { parse(text).outputs.map(\.name.text) }
  func data(_ text: String) -> [String] { parse(text).outputs.map(\.data.text) }

  @Test func `reads name and data of every frame`() {
    let outcome = parse("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n")
    #expect(outcome.outputs.map(\.name.text) == ["a", "b"])
    #expect(outcome.outputs.map(\.data.text) == ["1", "2"])
    #expect(outcome.outputs.map(\.offset) == [0, 18])
    #expect(outcome.failure == nil)
  }

  @Test(arguments: ["\n", "\r", "\r\n"])
  func `lines may end in LF, CR or CRLF`(end: String) throws {
    let text = ["event: a", "data: 1", "", "data: 2", "data: 3", "", ""].joined(separator: end)
    let outcome = parse(text)
    #expect(outcome.outputs.map(\.data.text) == ["1", "2\n3"])
    #expect(outcome.outputs.map(\.name.text) == ["a", ""])
    #expect(outcome.failure == nil)
    try expectStageContract(ParseSSE(), input: Bytes(utf8: text))
  }

  @Test func `a line feed after a return in the next read ends nothing twice`() {
    let outcome = ParseSSE().outcome(of: ["data: 1\r\n\r", "\ndata: 2\r", "\n\r\n"].map { Bytes(utf8: $0) })
    #expect(outcome.outputs.map(\.data.text) == ["1", "2"])
    #expect(outcome.outputs.map(\.frame.text) == ["data: 1\r\n\r\n", "data: 2\r\n\r\n"])
  }

  @Test func `joins data lines with a newline`() {
    #expect(data("data: a\ndata:b\ndata\ndata:  c\n\n") == ["a\nb\n\n c"])
  }

  @Test func `takes the last name, and ignores id, retry and unknown fields`() {
    #expect(names("event: a\nid: 7\nretry: 10\nevents: x\nEVENT: y\nevent: b\ndata: {}\n\n") == ["b"])
  }

  @Test func `removes one space after the colon only`() {
    #expect(data("data:x\n\ndata: x\n\ndata:  x\n\n") == ["x", "x", " x"])
  }

  @Test func `forwards comments and stray blank lines as frames without name and data`() {
    let outcome = parse(": keep-alive\n\n\ndata: 1\n\n")
    #expect(outcome.outputs.map(\.frame.text) == [": keep-alive\n\n", "\n", "data: 1\n\n"])
    #expect(outcome.outputs.map(\.data.text) == ["", "", "1"])
  }

  @Test func `an event without data is an event`() {
    let outcome = parse("event: ping\n\nevent: x\ndata:\n\n")
    #expect(outcome.outputs.map(\.name.text) == ["ping", "x"])
    #expect(outcome.outputs.map(\.data.text) == ["", ""])
  }

  @Test func `frames and single data lines are slices of the read`() throws {
    let read = Bytes(utf8: "data: 1\n\nevent: x\ndata: 22\n\n")
    let outcome = ParseSSE().outcome(of: [read])
    #expect(outcome.outputs[1].frame.startIndex == 9)
    #expect(outcome.outputs[1].data.indices == 24..<26)
  }

  @Test func `every byte belongs to one frame`() {
    let text = "\n: a\n\nevent: x\r\ndata: 1\r\n\r\n\rid: 4\n\n"
    let outcome = parse(text)
    #expect(outcome.outputs.map(\.frame.text).joined() == text)
    var offset = 0
    for event in outcome.outputs {
      #expect(event.offset == offset)
      offset += event.frame.count
    }
  }

  // V4
  @Test func `strips a byte order mark at the start and counts it as a repair`() throws {
    let attempt = Attempt.forTesting()
    let text = "\u{FEFF}event: a\ndata: \u{FEFF}1\n\n"
    let outcome = ParseSSE().prepared(for: attempt).outcome(of: [Bytes(utf8: text)])
    #expect(outcome.outputs.map(\.name.text) == ["a"])
    #expect(outcome.outputs.map(\.data.text) == ["\u{FEFF}1"])
    #expect(outcome.outputs.map(\.offset) == [3])
    #expect(attempt.report.repairs == ["V4": 1])
    try expectStageContract(ParseSSE(), input: Bytes(utf8: text))
  }

  // V4
  @Test(
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xBD],
      [0x80], [0xF0, 0x9F, 0x98], [0xF5, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func `refuses text that is not UTF-8 and says where`(bytes: [UInt8]) throws {
    let input = Bytes(utf8: "data: 1\n\ndata: ä😀漢 ") + bytes + Bytes(utf8: "x\n\n")
    let outcome = ParseSSE().outcome(of: [input])
    #expect(outcome.outputs.count == 1)
    #expect(outcome.failure?.rule == "V4")
    #expect(outcome.failure?.code == .malformedEvent)
    #expect(outcome.failure?.detail.hasSuffix("its byte 16 fits no character (event 2, byte 9).") == true)
    try expectStageContract(ParseSSE(), input: input)
  }

  @Test func `lets every valid UTF-8 length pass`() {
    #expect(data("data: aä漢😀\u{10FFFF}\u{7FF}\u{800}\u{FFFD}\u{E000}\n\n").count == 1)
    #expect(parse("data: aä漢😀\u{10FFFF}\u{7FF}\u{800}\u{FFFD}\u{D7FF}\n\n").failure == nil)
  }

  // V4
  @Test func `refuses NUL`() {
    let outcome = parse("data: 1\n\ndata: \u{0}\n\n")
    #expect(outcome.outputs.count == 1)
    #expect(outcome.failure?.rule == "V4")
    #expect(outcome.failure?.detail.contains("event 2, byte 9") == true)
  }

  // V5
  @Test func `a frame without its blank line is a cut and is not emitted`() {
    let outcome = parse("data: 1\n\nevent: message_stop\ndata: {}\n")
    #expect(outcome.outputs.count == 1)
    #expect(outcome.failure?.code == .truncated)
    #expect(outcome.failure?.rule == "V5")
    #expect(outcome.failure?.stage == "parse-sse")
    #expect(outcome.failure?.detail.contains("last 29 bytes") == true)
    #expect(outcome.failure?.detail.contains("event 2, byte 9") == true)
  }

  @Test func `a frame that ends in CR is whole at the end of the stream`() {
    let outcome = parse("data: 1\r\r")
    #expect(outcome.outputs.map(\.data.text) == ["1"])
    #expect(outcome.failure == nil)
  }

  @Test(arguments: [1, 2, 100_000])
  func `an event above the limit fails wherever it is cut`(reads: Int) {
    let size = ParseSSE.maximumFrame + 100
    let whole = Bytes(utf8: "data: 1\n\ndata: ") + Bytes(repeating: UInt8(ascii: "x"), count: size)
    let length = max(1, whole.count / reads)
    let pieces = stride(from: 0, to: whole.count, by: length).map {
      whole[$0..<min($0 + length, whole.count)]
    }
    let outcome = ParseSSE().outcome(of: pieces + [Bytes(utf8: "\n\n")])
    #expect(outcome.outputs.count == 1)
    #expect(outcome.failure?.code == .eventTooLarge)
    #expect(outcome.failure?.detail == "An event is larger than 16 MiB (event 2, byte 9).")
  }

  @Test func `an event just below the limit passes`() {
    let data = Bytes(repeating: UInt8(ascii: "x"), count: ParseSSE.maximumFrame - 8)
    let outcome = ParseSSE().outcome(of: [Bytes(utf8: "data: "), data, Bytes(utf8: "\n\n")])
    #expect(outcome.outputs.first?.data.count == data.count)
  }

  @Test func `the output does not depend on the cut`() throws {
    let text = """
      : hi\r\n\r\nevent: a\ndata: 漢😀\ndata:\u{A0}x\n\n\r\revent\ndata\n\nid: 1\n\ndata: [DONE]\r\r\n\nevent: cut\nda
      """
    try expectStageContract(ParseSSE(), input: Bytes(utf8: text))
  }
}
