import Foundation
import Pipeline
import Testing

@testable import Stages

@Suite struct TokenEstimateTests {
  private func estimate(_ members: String) -> Int {
    TokenEstimate(of: Bytes(utf8: "{\(members)}")).inputTokens
  }

  /// A message costs 4 tokens beside what is in it.
  @Test(arguments: [
    ("", 0),
    (#""messages":[]"#, 0),
    (#""messages":[{"role":"user","content":"Hello world"}]"#, 4 + 2),
    (#""messages":[{"content":"one"},{"content":[{"type":"text","text":"two"}]}]"#, 8 + 2),
    (#""system":"Be brief.""#, 3),
    (#""system":[{"type":"text","text":"Be","cache_control":{"type":"ephemeral"}},{"text":"Be"}]"#, 2),
    (#""messages":[{"content":[{"type":"thinking","thinking":"ok","signature":"AAAAAAAAAAAA"}]}]"#, 4 + 1),
    (#""messages":[{"content":[{"type":"tool_use","id":"t","name":"Read","input":{}}]}]"#, 4 + 8 + 1 + 2),
    (#""messages":[{"content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}]"#, 4 + 4 + 1),
    (#""messages":[{"content":[{"type":"document","source":{"type":"text","data":"ok"}}]}]"#, 4 + 1),
    (
      #""messages":[{"content":[{"type":"document","source":{"type":"content","content":[{"text":"ok"}]}}]}]"#,
      4 + 1
    ),
    (#""messages":[{"content":[{"type":"document","source":{"type":"file","file_id":"f"}}]}]"#, 4 + 1600),
    (#""messages":[{"content":[{"source":{"data":"JVBERi0x","type":"base64"}}]}]"#, 4 + 1600),
    (#""tools":[{}, {"name":"x","defer_loading":true},7]"#, 8 + 2),
    (#""model":"claude","metadata":{"user_id":"somebody"},"stop_sequences":["one two three"]"#, 0),
    (#""messages":[1,null,"x",{"content":7},{"content":[2,"x",{"source":[]}]}],"tools":{},"system":1"#, 8),
  ])
  func `counts what the model gets to read`(_ members: String, _ tokens: Int) {
    #expect(estimate(members) == tokens)
  }

  @Test(arguments: [
    (#"naïve\n\tcafé \"x\" \\ / 你好"#, #"na\u00efve\n\tcaf\u00e9 \u0022x\u0022 \u005c \/ \u4f60\u597d"#),
    ("a😀b", #"a\ud83d\ude00b"#),
  ])
  func `how a text is escaped makes no difference`(_ plain: String, _ escaped: String) {
    #expect(estimate(#""system":"\#(plain)""#) == estimate(#""system":"\#(escaped)""#))
  }

  @Test func `a body that ends early counts as far as it goes, wherever it is cut`() {
    let body = Bytes(
      utf8:
        #"{"system":"你\u4f60\n","messages":[{"content":[{"text":"é","source":{"type":"base64","data":"iVBO"}}]}]}"#
    )
    var last = 0
    for end in body.indices {
      let tokens = TokenEstimate(of: body[..<end]).inputTokens
      #expect(tokens >= last)
      last = tokens
    }
    #expect(last > 0)
  }

  @Test func `bytes that are no UTF-8 are counted all the same`() {
    for lead in UInt8(0x80)...0xFF {
      #expect(TokenEstimate.tokens(ofText: [lead]) == 1)
      #expect(TokenEstimate.tokens(ofText: [lead, lead, 0x61]) >= 1)
    }
  }

  @Test func `the answer to count_tokens is that of the API`() {
    let body = Bytes(utf8: #"{"model":"m","messages":[{"role":"user","content":"Hello world"}]}"#)
    #expect(TokenEstimate.answer(for: body).text == #"{"input_tokens":6}"#)
    #expect(TokenCount.isValid(TokenEstimate.answer(for: [])))
  }

  @Test func `how a text is cut makes no difference`() throws {
    // All ASCII, so that no scalar is cut.
    let text = Array(try sample("shell.txt").utf8)
    var whole = TokenTally()
    unsafe text.withUnsafeBufferPointer { unsafe whole.add($0, escapes: .none) }
    var pieces = TokenTally()
    for byte in text { unsafe [byte].withUnsafeBufferPointer { unsafe pieces.add($0, escapes: .none) } }
    #expect(pieces.hundredths == whole.hundredths)
  }

  // MARK: Against real tokenizers

  /// A row of counts.tsv, which count.py beside it has made.
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var gpt4o: Int
    var deepSeek: Int
    var testDescription: String { name }

    /// What the table in TokenEstimate's documentation promises.
    var tolerance: Double {
      ["arabic.txt", "chinese.txt", "german.txt", "japanese.txt", "korean.txt", "russian.txt"].contains(name)
        ? 0.25 : 0.08
    }

    static let all: [Sample] = {
      let rows = (try? sample("counts.tsv"))?.split(separator: "\n").dropFirst() ?? []
      return rows.compactMap { row in
        let cells = row.split(separator: "\t")
        guard cells.count == 5, let gpt4o = Int(cells[1]), let deepSeek = Int(cells[3]) else { return nil }
        return Sample(name: String(cells[0]), gpt4o: gpt4o, deepSeek: deepSeek)
      }
    }()
  }

  @Test func `there are samples`() { #expect(Sample.all.count == 14) }

  @Test(arguments: Sample.all)
  func `the error against real tokenizers is the documented one`(_ sample: Sample) throws {
    let text = try TokenEstimateTests.sample(sample.name)
    let tokens =
      sample.name == "tools.json"
      ? estimate(#""tools":\#(text)"#) - 4 * 8 : TokenEstimate.tokens(ofText: Bytes(utf8: text))
    for count in [sample.gpt4o, sample.deepSeek] {
      let error = Double(tokens) / Double(count) - 1
      #expect(abs(error) <= sample.tolerance, "\(tokens) estimated, \(count) counted")
    }
  }

  private static func sample(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Samples")
    return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  private func sample(_ name: String) throws -> String { try Self.sample(name) }
}
