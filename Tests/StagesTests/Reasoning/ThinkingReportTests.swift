import Pipeline
import ProxyTesting
import Stages
import Testing

/// Which blocks the validator reports, so that they are known when they come back.
@Suite struct ThinkingReportTests {
  static func signed(_ signatures: String...) -> [ThinkingFingerprint] {
    signatures.map { ThinkingFingerprint(.signature, $0) }
  }

  @Test func `a streamed signature is reported once its block has ended`() {
    let stream = AnthropicStream().thinking("a", "b", signature: "Sig1").text("x")
      .thinking("c", signature: "Sig2").text("y").stop()
    #expect(Validation(stream).report.thinking == Self.signed("Sig1", "Sig2"))
    #expect(Validation(stream.prefix(4)).report.thinking == [])
  }

  @Test func `escapes in a signature make no difference`() {
    let stream = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"","signature":""}"#)
      .delta(#"{"type":"signature_delta","signature":"a\/b\u003d"}"#).blockStop().text("x").stop()
    #expect(Validation(stream).report.thinking == Self.signed("a/b="))
  }

  @Test func `a signature in the start counts, a later one replaces it`() {
    let start = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"x","signature":"Sig1"}"#)
    #expect(Validation(start.blockStop().text("x").stop()).report.thinking == Self.signed("Sig1"))
    let replaced = start.delta(#"{"type":"signature_delta","signature":"Sig2"}"#).blockStop()
    #expect(Validation(replaced.text("x").stop()).report.thinking == Self.signed("Sig2"))
  }

  @Test func `redacted thinking is reported by its data`() {
    let stream = AnthropicStream().blockStart(#"{"type":"redacted_thinking","data":"Emw="}"#).blockStop()
      .text("x").stop()
    #expect(Validation(stream).report.thinking == [ThinkingFingerprint(.redactedData, "Emw=")])
  }

  @Test func `unsigned thinking is not reported`() {
    #expect(Validation(AnthropicStream().thinking("a", signature: "").text("x").stop()).report.thinking == [])
  }

  @Test func `a whole message reports the same blocks as its stream`() throws {
    let content =
      #"[{"type":"thinking","thinking":"a","signature":"Sig\/1"},{"type":"redacted_thinking","data":"D"},{"type":"text","text":"x"}]"#
    let body = Bytes(utf8: MessageValidatorTests.message(content: content))
    let (_, report) = try MessageValidator.check(body, expectation: .forTesting)
    let streamed = Validation(try MessageReplay.events(from: body)).report
    #expect(report.thinking == Self.signed("Sig/1") + [ThinkingFingerprint(.redactedData, "D")])
    #expect(streamed.thinking == report.thinking)
  }

  @Test func `no answer makes the report grow without end`() {
    let stream = (0..<1500).reduce(AnthropicStream()) { stream, number in
      stream.blockStart(#"{"type":"redacted_thinking","data":"\#(number)"}"#).blockStop()
    }
    #expect(Validation(stream.text("x").stop()).report.thinking.count == 1000)
  }

  @Test func `fingerprints tell apart and stay the same for ever`() {
    let all = [
      ThinkingFingerprint(.signature, "a"), ThinkingFingerprint(.text, "a"),
      ThinkingFingerprint(.redactedData, "a"), ThinkingFingerprint(.signature, "b"),
      ThinkingFingerprint(.signature, ""),
    ]
    #expect(Set(all).count == all.count)
    // They are kept in files.
    #expect(all[0].rawValue == 0x0832_6707_B4EB_37DA)
  }
}
