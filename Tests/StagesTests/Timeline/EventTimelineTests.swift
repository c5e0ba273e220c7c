import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct EventTimelineTests {
  func timeline(
    _ bytes: Bytes, marks: [ArrivalMark] = [], hasEnd: Bool = true, isTruncated: Bool = false,
    _ dialect: EventTimeline.Dialect = .anthropic, failure: EventTimeline.Violation? = nil
  ) -> EventTimeline {
    EventTimeline(
      bytes, marks: marks, hasEnd: hasEnd, isTruncated: isTruncated, dialect: dialect,
      expectation: .forTesting, failure: failure)
  }

  @Test func `lists every event with its place and what it says`() {
    let stream = AnthropicStream().text("Hello, ", "world").tool("Read", #"{"path":"/a"}"#).comment().ping()
      .stop("tool_use")
    let found = timeline(stream.bytes)
    #expect(found.violation == nil && found.violationOffset == nil && !found.isTruncated)
    #expect(found.events.map(\.index) == Array(1...stream.frames.count))
    #expect(found.events.map(\.length) == stream.frames.map(\.count))
    #expect(found.events.map(\.offset) == stream.events.map(\.offset))
    #expect(found.events.allSatisfy { $0.microseconds == nil && $0.violation == nil })
    let first = found.events[0]
    #expect(first.name == "message_start" && first.type == "message_start")
    #expect(first.summary.contains(AnthropicStream.model) && first.summary.contains("25 input"))
    #expect(found.events[1].summary == "block 0, text")
    #expect(found.events[2].summary == "block 0, “Hello, ”")
    #expect(found.events.contains { $0.summary == "block 1, tool_use Read" })
    #expect(found.events.contains { $0.summary.hasPrefix("block 1, input “{") })
    #expect(found.events.contains { $0.summary == ": keep-alive  " && $0.name == nil && $0.type == nil })
    #expect(found.events.contains { $0.summary == "stop_reason tool_use, tokens: 15 output" })
  }

  @Test func `gives each event the time of its last byte`() {
    let stream = AnthropicStream().text("a").stop()
    let offsets = stream.events.map(\.offset)
    let marks = [
      ArrivalMark(offset: 0, microseconds: 10),
      // Within the second event: only the rest of it came later.
      ArrivalMark(offset: offsets[1] + 5, microseconds: 2_000),
      ArrivalMark(offset: offsets[3], microseconds: 9_000),
    ]
    let times = timeline(stream.bytes, marks: marks).events.map(\.microseconds)
    #expect(times.prefix(4) == [10, 2_000, 2_000, 9_000])
    #expect(times.dropFirst(4).allSatisfy { $0 == 9_000 })
  }

  @Test func `marks the event that breaks a rule, and no other`() {
    let stream = AnthropicStream().text("a").textDelta("late", index: 7).stop()
    let found = timeline(stream.bytes)
    let broken = found.events.filter { $0.violation != nil }
    #expect(broken.map(\.index) == [5])
    #expect(broken.first?.violation?.rule == "V14")
    #expect(found.violation == broken.first?.violation)
    #expect(found.violationOffset == stream.events[4].offset)
    #expect(found.events.count == stream.frames.count)
  }

  @Test func `marks bytes that are no text`() {
    let stream = AnthropicStream().raw("data: {\"type\":\"ping\"}\u{0}\n\n").stop()
    #expect(timeline(stream.bytes).events.map { $0.violation?.rule } == [nil, "V4", nil, nil])
  }

  @Test func `says where a cut stream ends`() {
    let stream = AnthropicStream().text("a").prefix(3)
    let found = timeline(stream.bytes)
    #expect(found.violation?.rule == "V34" && found.violationOffset == stream.bytes.count)
    #expect(found.events.allSatisfy { $0.violation == nil })
    let within = timeline(stream.bytes.dropLast(4))
    #expect(within.violation?.rule == "V5" && within.events.count == 3)
  }

  @Test func `a missing end is no fault of an answer that is not all there`() {
    let bytes = AnthropicStream().text("a").prefix(3).bytes
    #expect(timeline(bytes, hasEnd: false).violation == nil)
    let truncated = timeline(bytes.dropLast(3), isTruncated: true)
    #expect(truncated.violation == nil && truncated.isTruncated && truncated.events.count == 3)
  }

  @Test func `shows what the journal noted where it cannot be found again`() {
    let stream = AnthropicStream().tool("Read", "{}").stop("tool_use")
    let undeclared = EventTimeline.Violation(
      rule: "V20", detail: "Read was not declared (event 2, byte 300).")
    let found = timeline(stream.bytes, failure: undeclared)
    #expect(found.events.map(\.violation) == [nil, undeclared, nil, nil, nil, nil, nil])
    #expect(found.violationOffset == stream.events[1].offset)

    let stalled = EventTimeline.Violation(rule: nil, detail: "Nothing came for 30 seconds.")
    let end = timeline(AnthropicStream().text("a").prefix(3).bytes, failure: stalled)
    #expect(end.violation == stalled && end.events.allSatisfy { $0.violation == nil })
    #expect(end.violationOffset == AnthropicStream().text("a").prefix(3).bytes.count)
  }

  @Test func `reads the chunks of an OpenAI-compatible endpoint`() {
    let stream = ChatStream().delta(#""role":"assistant""#).reasoning("hm").text("Hi").call(
      0, id: "c", name: "Read", "{}"
    ).choice(#""delta":{},"finish_reason":"tool_calls""#).done()
    let found = timeline(stream.bytes, .openAI)
    #expect(found.violation == nil)
    #expect(found.events.first?.type == "chat.completion.chunk" && found.events.first?.name == nil)
    #expect(
      found.events.map(\.summary) == [
        "", "reasoning “hm”", "“Hi”", "call Read “{}”", "finish_reason tool_calls", "[DONE]",
      ])
    let late = ChatStream().text("a").choice(#""delta":{},"finish_reason":"stop""#).text("late").done()
    #expect(timeline(late.bytes, .openAI).events.map { $0.violation != nil } == [false, false, true, false])
    #expect(timeline(stream.bytes.dropLast(2), .openAI).violation == nil)
  }

  @Test func `an answer that is no stream is one event`() {
    let page = timeline(
      Bytes(utf8: "<html>\n<b>no</b>\n\n</html>"), failure: .init(rule: "V1", detail: "A web page."))
    #expect(page.events.map(\.summary) == ["<html> <b>no</b>  </html>"])
    #expect(page.events.first?.violation?.rule == "V1")
    let error = timeline(
      Bytes(utf8: #"{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}"#))
    #expect(error.events.map(\.summary) == ["overloaded_error: Busy"] && error.events[0].type == "error")
    #expect(timeline([]).events == [])
  }

  @Test func `keeps summaries short and on one line, whatever the endpoint says`() {
    let long = String(repeating: "<script>\u{1b}\n", count: 100)
    let stream = AnthropicStream().text(long).stop()
    for event in timeline(stream.bytes).events {
      #expect(event.summary.count <= 120)
      #expect(!event.summary.contains { $0.isNewline || $0 == "\u{1b}" })
    }
  }

  @Test func `takes whatever bytes there are`() {
    var random = SeededRandom(seed: 11)
    let whole = AnthropicStream().text("ä", "b").tool("T", "{}").stop().bytes
    for _ in 0..<500 {
      var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
      for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      for dialect in [EventTimeline.Dialect.anthropic, .openAI] {
        let found = timeline(Bytes(bytes), dialect)
        let lengths = found.events.map(\.length).reduce(found.events.first?.offset ?? 0, +)
        #expect(lengths == bytes.count || found.events.isEmpty)
      }
    }
  }
}
