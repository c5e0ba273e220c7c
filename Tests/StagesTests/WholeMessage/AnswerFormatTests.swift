import Pipeline
import Stages
import Testing

/// V1: what an answer is shows in its first bytes.
@Suite struct AnswerFormatTests {
  @Test(arguments: [
    ("text/event-stream", "event: message_start\n", AnswerFormat.eventStream),
    ("text/event-stream; charset=utf-8", "data: {}", .eventStream),
    ("application/json", "event: message_start\n", .eventStream),
    ("text/plain", ": keep-alive\n", .eventStream),
    ("application/json", "{\"type\"", .json),
    ("text/event-stream", "\n {\"type\"", .json),
    ("text/event-stream", "\u{FEFF}{\"type\"", .json),
    ("text/html", "<!DOCTYPE html>", .other),
    ("text/event-stream", "  <html>", .other),
    ("application/json", "<html>", .other),
    ("text/event-stream", "ev", .eventStream),
    ("application/json; charset=utf-8", "", .json),
    ("Text/Event-Stream", "", .eventStream),
    ("text/plain", "upstream timed out", .other),
    ("", "", .other),
  ])
  func `goes by the first bytes, then by the content type`(
    contentType: String, bytes: String, format: AnswerFormat
  ) {
    #expect(AnswerFormat.sniff(contentType: contentType, firstBytes: Bytes(utf8: bytes)) == format)
  }

  @Test func `needs no content type`() {
    #expect(AnswerFormat.sniff(contentType: nil, firstBytes: Bytes(utf8: "data: x")) == .eventStream)
    #expect(AnswerFormat.sniff(contentType: nil, firstBytes: []) == .other)
  }
}
