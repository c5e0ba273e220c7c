import Pipeline
import ProxyTesting
import Stages
import Testing

/// Stop sequences that the endpoint was not asked to watch for: translation.md §1.
@Suite struct StopSequenceTests {
  func translation(_ pieces: [String], _ sequences: [String]) -> Translation {
    Translation(
      pieces.reduce(ChatStream()) { $0.text($1) }.end(), change: { $0.watchedStopSequences = sequences })
  }

  @Test func `the text ends before the sequence, however it is cut`() {
    let text = Array("one\nEND two")
    for cut in 0...text.count {
      let result = translation([String(text[..<cut]), String(text[cut...])], ["\nEND", "never"])
      #expect(result.failure == nil)
      #expect(result.joined == "one" && result.summary.last == "stop_sequence \nEND")
    }
    #expect(translation(text.map { String($0) }, ["\nEND"]).joined == "one")
  }

  @Test func `what only begins like a sequence is text`() {
    let result = translation(["a</", "st", "x", "</sto"], ["</stop>"])
    #expect(result.joined == "a</stx</sto" && result.summary.last == "end_turn")
  }

  @Test func `only a possible beginning is held back`() {
    let stream = ChatStream().text("abc</s")
    let outcome = Translation.chain().prepared(
      for: Translation.attempt(change: { $0.watchedStopSequences = ["</stop>"] })
    ).outcome(of: [stream.bytes], finishes: false)
    #expect(outcome.outputs.last?.frame.text.contains(#""text":"abc""#) == true)
  }

  @Test func `the sequence that is complete first counts`() {
    #expect(
      translation(["xabcd"], ["abcd", "bc"]).summary.suffix(3) == ["+xa", "stop 0", "stop_sequence bc"])
    #expect(translation(["xaab"], ["aab", "ab"]).joined == "x")
  }

  @Test func `a sequence at the very start leaves an empty answer`() {
    #expect(translation(["END"], ["END"]).summary == ["stop_sequence END"])
  }

  @Test func `what follows is not read`() {
    let stream = ChatStream().text("a.b").call(0, id: "a", name: "A", "{").data(#"{"error":"x"}"#)
    let outcome = Translation.chain().prepared(
      for: Translation.attempt(change: { $0.watchedStopSequences = ["."] })
    ).outcome(of: [stream.prefix(2).bytes])
    #expect(outcome.failure == nil && outcome.outputs.last?.kind == .messageStop)
  }

  @Test func `held text comes before a call`() {
    let stream = ChatStream().text("a</").call(0, id: "a", name: "A", "{}").end("tool_calls")
    #expect(
      Translation(stream, change: { $0.watchedStopSequences = ["</stop>"] }).summary == [
        "text 0", "+a", "+</", "stop 0", "tool_use 1 A toolu_px_a", "+{}", "stop 1", "tool_use",
      ])
  }

  @Test func `thinking is not watched`() {
    let stream = ChatStream().text("<think>END</think>xEND").end()
    let result = Translation(
      stream,
      change: {
        $0.watchedStopSequences = ["END"]
        $0.splitsThinkTags = true
      })
    #expect(result.joined == "ENDx" && result.summary.last == "stop_sequence END")
  }

  @Test func `characters of several bytes and escapes are matched`() {
    #expect(translation(["a\"流", "式\n", "b"], ["流式\n"]).joined == "a\"")
  }

  @Test(arguments: [#""stop_reason":"</x>""#, #""matched_stop":"</x>""#])
  func `a vendor that tells the sequence is believed`(member: String) {
    let stream = ChatStream().text("a").choice(#""delta":{},"finish_reason":"stop",\#(member)"#).done()
    #expect(Translation(stream).summary.last == "stop_sequence </x>")
    let other = ChatStream().text("a").choice(#""delta":{},"finish_reason":"stop","stop_reason":"stop""#)
      .done()
    #expect(Translation(other).summary.last == "end_turn")
  }
}
