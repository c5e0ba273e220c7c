import BenchKit
import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct StampTests {
  private func stamps(_ pieces: [Bytes]) -> (found: [Nanoseconds], sawStop: Bool) {
    var scanner = StampScanner()
    var found: [Nanoseconds] = []
    for piece in pieces {
      unsafe piece.withUnsafeBytes { bytes in unsafe scanner.scan(bytes) { found.append($0) } }
    }
    return (found, scanner.sawStop)
  }

  private func event(_ time: Nanoseconds) -> [UInt8] {
    var event = StreamScript.messages.event
    Stamp.write(time, into: &event.bytes, at: event.stamp)
    return event.bytes
  }

  @Test func `stamps are found however the stream is cut`() {
    let times: [Nanoseconds] = [123_456_789_012_345_678, 42]
    let stream = Bytes(times.flatMap(event) + StreamScript.messages.ending)
    for pieces in EveryChunking(of: stream) {
      let (found, sawStop) = stamps(pieces)
      #expect(found == times)
      #expect(sawStop)
    }
  }

  @Test func `an answer without its last event is not taken for whole`() {
    #expect(!stamps([Bytes(event(1) + StreamScript.messages.ending.dropLast(30))]).sawStop)
  }

  @Test func `a mark without its digits is text`() {
    #expect(stamps([Bytes(utf8: "@12 a@b @"), Bytes(event(7))]).found == [7])
  }

  @Test func `the stream is one that the proxy forwards byte for byte`() throws {
    let stream = StreamScript.messages.opening + event(1) + event(2) + StreamScript.messages.ending
    let attempt = Attempt.forTesting(AnswerExpectation(model: RequestScript.model))
    var chain = Chain(ParseSSE(), ValidateProtocol(.anthropic)).prepared(for: attempt)
    var forwarded: [UInt8] = []
    try chain.receive(Bytes(stream)) { (event) throws(ProxyFailure) in forwarded += event.frame }
    try chain.finish { (event) throws(ProxyFailure) in forwarded += event.frame }
    #expect(forwarded == stream)
    #expect(attempt.report.repairs.isEmpty)
    #expect(attempt.report.warnings.isEmpty)
    #expect(event(1).count == StreamScript.eventLength)
  }
}
