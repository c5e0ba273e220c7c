import Pipeline
import ProxyTesting
import Stages
import Synchronization
import Testing

/// What an attempt is told of thinking.
private final class Seen: Sendable {
  private let state = Mutex<[ThinkingFingerprint]>([])

  var blocks: [ThinkingFingerprint] { state.withLock { $0 } }
  func note(_ block: ThinkingFingerprint) { state.withLock { $0.append(block) } }
}

/// The thinking that is reported while a stream passes.
private struct Passing {
  let thinking: [ThinkingFingerprint]

  init(_ bytes: Bytes) {
    let seen = Seen()
    let attempt = Attempt.forTesting { seen.note($0) }
    _ = Validation.chain.prepared(for: attempt).outcome(of: [bytes])
    thinking = seen.blocks
  }

  init(_ stream: AnthropicStream) { self.init(stream.bytes) }
}

/// Which blocks the validator reports, so that they are known when they come back.
@Suite struct ThinkingReportTests {
  static func signed(_ signatures: String...) -> [ThinkingFingerprint] {
    signatures.map { ThinkingFingerprint(.signature, $0) }
  }

  @Test func `a streamed signature is reported once its block has ended`() {
    let stream = AnthropicStream().thinking("a", "b", signature: "Sig1").text("x")
      .thinking("c", signature: "Sig2").text("y").stop()
    #expect(Passing(stream).thinking == Self.signed("Sig1", "Sig2"))
    #expect(Passing(stream.prefix(4)).thinking == [])
  }

  @Test func `escapes in a signature make no difference`() {
    let stream = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"","signature":""}"#)
      .delta(#"{"type":"signature_delta","signature":"a\/b\u003d"}"#).blockStop().text("x").stop()
    #expect(Passing(stream).thinking == Self.signed("a/b="))
  }

  @Test func `a signature in the start counts, a later one replaces it`() {
    let start = AnthropicStream().blockStart(#"{"type":"thinking","thinking":"x","signature":"Sig1"}"#)
    #expect(Passing(start.blockStop().text("x").stop()).thinking == Self.signed("Sig1"))
    let replaced = start.delta(#"{"type":"signature_delta","signature":"Sig2"}"#).blockStop()
    #expect(Passing(replaced.text("x").stop()).thinking == Self.signed("Sig2"))
  }

  @Test func `redacted thinking is reported by its data`() {
    let stream = AnthropicStream().blockStart(#"{"type":"redacted_thinking","data":"Emw="}"#).blockStop()
      .text("x").stop()
    #expect(Passing(stream).thinking == [ThinkingFingerprint(.redactedData, "Emw=")])
  }

  @Test func `unsigned thinking is not reported`() {
    #expect(Passing(AnthropicStream().thinking("a", signature: "").text("x").stop()).thinking == [])
  }

  @Test func `a whole message reports the same blocks as its stream`() throws {
    let content =
      #"[{"type":"thinking","thinking":"a","signature":"Sig\/1"},{"type":"redacted_thinking","data":"D"},{"type":"text","text":"x"}]"#
    let body = Bytes(utf8: MessageValidatorTests.message(content: content))
    let whole = Seen()
    _ = try Attempt.forTesting { whole.note($0) }.checkMessage(body)
    let streamed = Passing(try MessageReplay.events(from: body)).thinking
    #expect(whole.blocks == Self.signed("Sig/1") + [ThinkingFingerprint(.redactedData, "D")])
    #expect(streamed == whole.blocks)
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
