import Testing

@testable import Stages

@Suite struct ToolResultTests {
  static let call =
    #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Read","input":{}}]},"#
  static let called =
    #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"Read","arguments":"{}"}}]},"#
  static let image = #"{"type":"image","source":{"type":"url","url":"u"}}"#
  static let imagePart = #"{"type":"image_url","image_url":{"url":"u"}}"#

  static func result(
    _ title: String, _ members: String, _ content: String, losses: [Degradation.Code] = [],
    _ change: @escaping RequestFixture.Change = { _ in }
  ) -> Golden {
    Golden(
      title, call + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"\#(members)}]}"#,
      called + #"{"role":"tool","tool_call_id":"a","content":\#(content)}"#, losses: losses, change)
  }

  static let contents: [Golden] = [
    result("a string", #","content":"out""#, #""out""#),
    result(
      "texts", #","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#, #""a\n\nb""#),
    result("nothing", "", #""(no output)""#),
    result("an empty string", #","content":"""#, #""(no output)""#),
    result("an empty list", #","content":[]"#, #""(no output)""#),
    // Regression 6.
    result("an error", #","is_error":true,"content":"no such file""#, #""Error: no such file""#),
    result("an error that says nothing", #","is_error":true"#, #""Error: (no output)""#),
    result("no error", #","is_error":false,"content":"fine""#, #""fine""#),
    result(
      "tools that were found", #","content":[{"type":"tool_reference","tool_name":"Grep"}]"#,
      #""tool loaded: Grep""#),
    result(
      "a document",
      #","content":[{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"d"}}]"#,
      #""T\n\nd""#),
    result(
      "a search result",
      #","content":[{"type":"search_result","title":"T","source":"s","content":[{"type":"text","text":"x"}]}]"#,
      #""T\n\ns\n\nx""#),
    result("an unknown block", #","content":[{"type":"odd"}]"#, #""(no output)""#, losses: [.blockDropped]),
    result(
      "an image that is not seen", #","content":[\#(image)]"#, #""[image omitted: u]""#,
      losses: [.imageOmitted]
    ) { $0.acceptsImages = false },
    result(
      "an image where tool messages take them", #","content":[{"type":"text","text":"x"},\#(image)]"#,
      #"[{"type":"text","text":"x"},\#(imagePart)]"#
    ) { $0.acceptsImagesInToolMessages = true },
    result(
      "an image as an error", #","is_error":true,"content":[\#(image)]"#,
      #"[{"type":"text","text":"Error:"},\#(imagePart)]"#
    ) { $0.acceptsImagesInToolMessages = true },
  ]

  @Test(arguments: contents)
  func `contents of one result`(_ golden: Golden) throws { try golden.check() }

  static let two =
    #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Read","input":{}},{"type":"tool_use","id":"b","name":"Shot","input":{}}]},"#
  static let calledTwo =
    #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"Read","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"Shot","arguments":"{}"}}]},"#

  static let turns: [Golden] = [
    // Regression 8.
    Golden(
      "results stand before the text of their message",
      call
        + #"{"role":"user","content":[{"type":"text","text":"and"},{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"text","text":"go on"}]}"#,
      called
        + #"{"role":"tool","tool_call_id":"a","content":"1"},{"role":"user","content":"and\n\ngo on"}"#),
    Golden(
      "results in two messages",
      two
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"2"},{"type":"text","text":"x"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}"#,
      calledTwo
        + #"{"role":"tool","tool_call_id":"b","content":"2"},{"role":"tool","tool_call_id":"a","content":"1"},{"role":"user","content":"x"}"#
    ),
    // Regression 10.
    Golden(
      "images follow all results of the turn, before its text",
      two
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x"},\#(image),\#(image)]},{"type":"tool_result","tool_use_id":"b","content":[\#(image)]},{"type":"text","text":"ok?"}]}"#,
      calledTwo
        + #"{"role":"tool","tool_call_id":"a","content":"x\n\n(image below)"},{"role":"tool","tool_call_id":"b","content":"(image below)"},{"role":"user","content":[{"type":"text","text":"Images returned by tool Read (a):"},\#(imagePart),\#(imagePart),{"type":"text","text":"Images returned by tool Shot (b):"},\#(imagePart),{"type":"text","text":"ok?"}]}"#,
      losses: [.toolMediaMoved]),
    Golden(
      "so do documents",
      call
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[\#(UserMessageTests.pdf)]}]}"#,
      called
        + #"{"role":"tool","tool_call_id":"a","content":"(document below)"},{"role":"user","content":[{"type":"text","text":"Files returned by tool Read (a):"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,aGVsbG8="}}]}"#,
      losses: [.toolMediaMoved]
    ) { $0.documents = .file },
    Golden(
      "an orphan is the user's words",
      #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_x","content":"1"},{"type":"text","text":"hm"}]}"#,
      #"{"role":"user","content":"Tool result for toolu_x:\n\n1\n\nhm"}"#, losses: [.orphanToolResult]),
    Golden(
      "the second result of a call is an orphan",
      call
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"a","content":"2"}]}"#,
      called
        + #"{"role":"tool","tool_call_id":"a","content":"1"},{"role":"user","content":"Tool result for a:\n\n2"}"#,
      losses: [.orphanToolResult]),
    Golden(
      "a result two turns late is an orphan",
      call
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]},{"role":"assistant","content":"done"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"2"}]}"#,
      called
        + #"{"role":"tool","tool_call_id":"a","content":"1"},{"role":"assistant","content":"done"},{"role":"user","content":"Tool result for a:\n\n2"}"#,
      losses: [.orphanToolResult]),
    Golden(
      "text after a result becomes part of it where roles must alternate",
      call
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"text","text":"go on"}]}"#,
      called + #"{"role":"tool","tool_call_id":"a","content":"1\n\ngo on"}"#,
      losses: [.textMovedIntoToolResult]
    ) { $0.needsAlternation = true },
  ]

  @Test(arguments: turns)
  func `results within their turn`(_ golden: Golden) throws { try golden.check() }
}
