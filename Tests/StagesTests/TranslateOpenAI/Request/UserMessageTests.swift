import Pipeline
import Testing

@testable import Stages

@Suite struct UserMessageTests {
  static let text: [Golden] = [
    Golden("a string", #"{"role":"user","content":"hi"}"#, #"{"role":"user","content":"hi"}"#),
    Golden(
      "one text block", #"{"role":"user","content":[{"type":"text","text":"hi"}]}"#,
      #"{"role":"user","content":"hi"}"#),
    Golden(
      "several texts become one string",
      #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":""},{"type":"text","text":"b"}]}"#,
      #"{"role":"user","content":"a\n\nb"}"#),
    Golden(
      "text keeps its spelling, even what is no text",
      #"{"role":"user","content":"é\u00e9\ud83d \/ \ud83d\ude00 😀 \u0000"}"#,
      #"{"role":"user","content":"é\u00e9\ud83d \/ \ud83d\ude00 😀 \u0000"}"#),
    // The observed client sends empty lists.
    Golden(
      "empty content is dropped",
      #"{"role":"user","content":[]},{"role":"user","content":""},{"role":"user","content":null},{"role":"user","content":"x"}"#,
      #"{"role":"user","content":"x"}"#, losses: [.messageDropped]),
    Golden(
      "unknown blocks are dropped",
      #"{"role":"user","content":[{"type":"hologram"},{"type":"container_upload","file_id":"f"},{"type":"text","text":"x"}]}"#,
      #"{"role":"user","content":"x"}"#, losses: [.blockDropped]),
    Golden(
      "neighbours stay apart", #"{"role":"user","content":"a"},{"role":"user","content":"b"}"#,
      #"{"role":"user","content":"a"},{"role":"user","content":"b"}"#),
    Golden(
      "neighbours are merged where roles must alternate",
      #"{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"},{"role":"assistant","content":"d"}"#,
      #"{"role":"user","content":"a\n\nb"},{"role":"assistant","content":"c\n\nd"}"#
    ) { $0.needsAlternation = true },
  ]

  @Test(arguments: text)
  func `texts are joined`(_ golden: Golden) throws { try golden.check() }

  static let images: [Golden] = [
    Golden(
      "base64",
      #"{"role":"user","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk\/"}}]}"#,
      #"{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk\/"}}]}"#
    ),
    Golden(
      "url",
      #"{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x.example/i.png"}}]}"#,
      #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/i.png"}}]}"#),
    Golden(
      "a placeholder where images are not seen",
      #"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGVsbG8="}},{"type":"image","source":{"type":"url","url":"https://x.example/i.png"}},{"type":"image","source":{"type":"file","file_id":"f"}}]}"#,
      #"{"role":"user","content":"[image omitted: image/png, 5 bytes]\n\n[image omitted: https://x.example/i.png]\n\n[image omitted: file]"}"#,
      losses: [.imageOmitted]
    ) { $0.acceptsImages = false },
  ]

  @Test(arguments: images)
  func `images become parts`(_ golden: Golden) throws { try golden.check() }

  static let pdf =
    #"{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"aGVsbG8="}}"#
  static let documents: [Golden] = [
    Golden(
      "text under its title",
      #"{"role":"user","content":[{"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"body"}}]}"#,
      #"{"role":"user","content":"T\n\nC\n\nbody"}"#),
    Golden(
      "blocks",
      #"{"role":"user","content":[{"type":"document","title":"T","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"u"}},{"type":"odd"}]}},{"type":"document","source":{"type":"content","content":"plain"}}]}"#,
      #"{"role":"user","content":[{"type":"text","text":"T"},{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"plain"}]}"#,
      losses: [.blockDropped]),
    Golden(
      "a PDF as a file", #"{"role":"user","content":[\#(pdf)]}"#,
      #"{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,aGVsbG8="}}]}"#
    ) { $0.documents = .file },
    Golden(
      "a placeholder for the PDF", #"{"role":"user","content":[\#(pdf)]}"#,
      #"{"role":"user","content":"[document omitted: a.pdf, application/pdf, 5 bytes]"}"#,
      losses: [.documentOmitted]),
    Golden(
      "a placeholder for what is elsewhere",
      #"{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://x.example/d"}},{"type":"document","source":{"type":"file","file_id":"f"}}]}"#,
      #"{"role":"user","content":"[document omitted: https://x.example/d]\n\n[document omitted: file]"}"#,
      losses: [.documentOmitted]
    ) { $0.documents = .file },
    Golden(
      "a search result",
      #"{"role":"user","content":[{"type":"search_result","title":"T","source":"https://x.example","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#,
      #"{"role":"user","content":"T\n\nhttps://x.example\n\na\n\nb"}"#),
  ]

  @Test(arguments: documents)
  func `documents become texts or files`(_ golden: Golden) throws { try golden.check() }

  // Regression 24.
  static let system: [Golden] = [
    Golden(
      "a late one is the user's reminder, in its place",
      #"{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"s"}]},{"role":"assistant","content":"b"},{"role":"user","content":"c"}"#,
      #"{"role":"user","content":"a"},{"role":"user","content":"<system-reminder>\ns\n</system-reminder>"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}"#,
      losses: [.systemAsUserText]),
    Golden(
      "a late one stays where that is taken",
      #"{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"assistant","content":"b"}"#,
      #"{"role":"user","content":"a"},{"role":"developer","content":"s"},{"role":"assistant","content":"b"}"#
    ) {
      $0.acceptsLateSystem = true
      $0.systemRole = "developer"
    },
    Golden(
      "a leading one stands first", #"{"role":"system","content":"s"},{"role":"user","content":"a"}"#,
      #"{"role":"system","content":"s"},{"role":"user","content":"a"}"#),
    Golden(
      "one that held for a single turn is over",
      #"{"role":"user","content":"a"},{"role":"system","clear_at":"next_user_message","content":"old"},{"role":"user","content":"b"},{"role":"system","clear_at":"next_user_message","content":"new"}"#,
      #"{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"system","content":"new"}"#
    ) { $0.acceptsLateSystem = true },
    Golden(
      "an empty one is nothing", #"{"role":"user","content":"a"},{"role":"system","content":[]}"#,
      #"{"role":"user","content":"a"}"#),
  ]

  @Test(arguments: system)
  func `system messages within the conversation`(_ golden: Golden) throws { try golden.check() }

  @Test func `system messages move to the top where the endpoint says so`() throws {
    var endpoint = RequestFixture.endpoint
    endpoint.reorderSystemMessagesFirst = true
    let translated = try RequestFixture.translate(
      #"{"system":"one","messages":[{"role":"user","content":"a"},{"role":"system","content":"two"}]}"#,
      endpoint: endpoint)
    #expect(
      translated.body.text
        == #"{"model":"m","messages":[{"role":"system","content":"one\n\ntwo"},{"role":"user","content":"a"}]}"#
    )
    #expect(translated.degradations == [Degradation(.systemMovedFirst, at: "messages[1]")])
  }

  @Test(arguments: [
    (#""be brief""#, #""be brief""#),
    (
      #"[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]"#,
      #""a\n\nb""#
    ),
    (
      #"[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=1;"},{"type":"text","text":"a"}]"#,
      #""a""#
    ),
    // Only the first block can be the client's own.
    (#"[{"type":"text","text":"a"},{"type":"text","text":"cc_version=1"}]"#, #""a\n\ncc_version=1""#),
    (#""cc_version=1""#, #""cc_version=1""#),
  ])
  func `the system prompt stands first`(_ system: String, _ expected: String) throws {
    let translated = try RequestFixture.translate(
      #"{"system":\#(system),"messages":[{"role":"user","content":"a"}]}"#)
    let messages = try RequestFixture.messages(of: translated)
    #expect(messages.first?.text == #"{"role":"system","content":\#(expected)}"#)
    #expect(messages.count == 2)
  }

  @Test func `no system message stands for an empty prompt`() throws {
    for system in [#""""#, "[]", "null", #"[{"type":"text","text":"cc_version=1"}]"#] {
      let translated = try RequestFixture.translate(
        #"{"system":\#(system),"messages":[{"role":"user","content":"a"}]}"#)
      #expect(try RequestFixture.messages(of: translated).count == 1, "\(system)")
    }
  }
}
