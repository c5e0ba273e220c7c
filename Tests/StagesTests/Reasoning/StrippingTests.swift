import Pipeline
import ProxyTesting
import Stages
import Testing

@Suite struct StrippingTests {
  static let ours = ReasoningFixture.thinking("px1.deepseek.9f3c")
  static let genuine = ReasoningFixture.thinking("EqQBCgIYAg==")
  static let unsigned = #"{"type":"thinking","thinking":"hm"}"#
  static let redacted = #"{"type":"redacted_thinking","data":"Emw="}"#

  struct Pair: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var content: String
    var expected: String

    init(_ name: String, _ content: String, _ expected: String) {
      (testDescription, self.content, self.expected) = (name, content, expected)
    }
  }

  /// Content of an assistant turn, and what Anthropic itself gets of it.
  static let pairs = [
    Pair("first of two", "[\(ours),\(ReasoningFixture.text)]", "[\(ReasoningFixture.text)]"),
    Pair("last of two", "[\(ReasoningFixture.text),\(ours)]", "[\(ReasoningFixture.text)]"),
    Pair(
      "between two", "[\(ReasoningFixture.text),\(ours),\(ReasoningFixture.tool)]",
      "[\(ReasoningFixture.text),\(ReasoningFixture.tool)]"),
    Pair("neighbours in front", "[\(ours),\(ours),\(ReasoningFixture.tool)]", "[\(ReasoningFixture.tool)]"),
    Pair("neighbours at the end", "[\(ReasoningFixture.text),\(ours),\(ours)]", "[\(ReasoningFixture.text)]"),
    Pair(
      "every other one", "[\(ours),\(ReasoningFixture.text),\(ours),\(ReasoningFixture.tool),\(ours)]",
      "[\(ReasoningFixture.text),\(ReasoningFixture.tool)]"),
    Pair(
      "the call stays when its thinking goes", "[\(ours),\(ReasoningFixture.tool)]",
      "[\(ReasoningFixture.tool)]"),
    Pair(
      "a genuine one beside it stays", "[\(ours),\(genuine),\(ReasoningFixture.tool)]",
      "[\(genuine),\(ReasoningFixture.tool)]"),
    Pair("the only block", "[\(ours)]", "[\(ReasoningFixture.placeholder)]"),
    Pair("all blocks, with space around", "[ \(ours)\n,\t\(ours) ]", "[ \(ReasoningFixture.placeholder) ]"),
    Pair(
      "space between stays", "[ \(ReasoningFixture.text) , \(ours) , \(ReasoningFixture.tool) ]",
      "[ \(ReasoningFixture.text) , \(ReasoningFixture.tool) ]"),
    Pair(
      "an empty signature", "[\(ReasoningFixture.thinking("")),\(ReasoningFixture.text)]",
      "[\(ReasoningFixture.text)]"),
    Pair("no signature", "[\(unsigned),\(ReasoningFixture.text)]", "[\(ReasoningFixture.text)]"),
    Pair(
      "a null signature", #"[{"type":"thinking","thinking":"x","signature":null},\#(ReasoningFixture.text)]"#,
      "[\(ReasoningFixture.text)]"),
    Pair(
      "the signature in escapes, keys in another order",
      #"[{"signature":"\u0070x1.a\/b","thinking":"x","type":"thinking"},\#(ReasoningFixture.text)]"#,
      "[\(ReasoningFixture.text)]"),
    Pair(
      "redacted, unknown", "[\(redacted),\(ReasoningFixture.text)]", "[\(redacted),\(ReasoningFixture.text)]"),
    Pair(
      "genuine, unknown", "[\(genuine),\(ReasoningFixture.text)]", "[\(genuine),\(ReasoningFixture.text)]"),
    Pair(
      "a cache breakpoint stays where it is",
      #"[\#(ours),{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#,
      #"[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]"#),
    Pair("the marker in a text", #"[{"type":"text","text":"px1.a"}]"#, #"[{"type":"text","text":"px1.a"}]"#),
    Pair("elements that are no blocks", "[null,1,\(ours),\"x\"]", "[null,1,\"x\"]"),
  ]

  @Test(arguments: pairs)
  func `what Anthropic cannot have signed is cut out, all else keeps its bytes`(_ pair: Pair) throws {
    let sent = try ReasoningFixture.sent(
      ReasoningFixture.body(content: pair.content), to: ReasoningFixture.anthropic)
    #expect(sent == ReasoningFixture.body(content: pair.expected))
    #expect(try ReasoningFixture.sent(sent, to: ReasoningFixture.anthropic) == sent)
  }

  @Test func `without thinking to remove the body is the client's own`() throws {
    let tagged = try ReasoningFixture.tagged(ReasoningFixture.body([Self.genuine, ReasoningFixture.text]))
    let shaped = try ReasoningFixture.shaped(tagged, to: ReasoningFixture.anthropic, ReasoningMemory())
    #expect(shaped.request.body == tagged.request.body)
    #expect(!shaped.bodyChanged)
  }

  @Test func `a changed body is said to be changed`() throws {
    let tagged = try ReasoningFixture.tagged(ReasoningFixture.body([Self.ours, ReasoningFixture.text]))
    #expect(
      try ReasoningFixture.shaped(tagged, to: ReasoningFixture.anthropic, ReasoningMemory()).bodyChanged)
  }

  // Q30
  @Test func `other endpoints get unsigned thinking back, but never our marker`() throws {
    let body = ReasoningFixture.body([
      Self.unsigned, ReasoningFixture.thinking(""), Self.ours, ReasoningFixture.tool,
    ])
    let sent = try ReasoningFixture.sent(body, to: "https://api.deepseek.com/anthropic")
    #expect(
      sent == ReasoningFixture.body([Self.unsigned, ReasoningFixture.thinking(""), ReasoningFixture.tool]))
  }

  // regressions.md 19
  @Test func `a signature is not replayed to another endpoint than its maker`() throws {
    let memory = ReasoningMemory()
    memory.remember(ThinkingFingerprint(.signature, "SigA"), from: "relay.example")
    memory.remember(ThinkingFingerprint(.redactedData, "Emw="), from: "api.anthropic.com")
    let body = ReasoningFixture.body([
      ReasoningFixture.thinking("SigA"), Self.redacted, ReasoningFixture.text,
    ])
    let atRelay = ReasoningFixture.body([ReasoningFixture.thinking("SigA"), ReasoningFixture.text])
    #expect(
      try ReasoningFixture.sent(body, to: ReasoningFixture.anthropic, memory)
        == ReasoningFixture.body([Self.redacted, ReasoningFixture.text]))
    #expect(try ReasoningFixture.sent(body, to: "https://Relay.example/v0", memory) == atRelay)
    #expect(
      try ReasoningFixture.sent(body, to: "https://relay.example:8443", memory)
        == ReasoningFixture.body([ReasoningFixture.text]))
  }

  // regressions.md 18
  @Test func `signed thinking with empty text stays as it is`() throws {
    let body = ReasoningFixture.body([
      #"{ "thinking" : "", "type":"thinking","signature":"Eq==" }"#, ReasoningFixture.tool,
    ])
    #expect(try ReasoningFixture.sent(body, to: ReasoningFixture.anthropic) == body)
    #expect(try ReasoningFixture.sent(body, to: "https://relay.example") == body)
  }

  @Test func `accounts at Anthropic itself share their thinking`() throws {
    let memory = ReasoningMemory()
    memory.remember(
      ThinkingFingerprint(.signature, "EqQBCgIYAg=="),
      from: Endpoint(name: "a", url: ReasoningFixture.anthropic).thinkingOrigin)
    let body = ReasoningFixture.body([Self.genuine, ReasoningFixture.text])
    #expect(try ReasoningFixture.sent(body, to: "https://API.anthropic.com:443/", memory) == body)
  }

  @Test func `who signed first has signed`() throws {
    let memory = ReasoningMemory()
    let block = ThinkingFingerprint(.signature, "EqQBCgIYAg==")
    memory.remember(block, from: "api.anthropic.com")
    memory.remember(block, from: "relay.example")
    let body = ReasoningFixture.body([Self.genuine, ReasoningFixture.text])
    #expect(try ReasoningFixture.sent(body, to: ReasoningFixture.anthropic, memory) == body)
  }

  @Test func `the same blocks go on every turn`() throws {
    var turns: [String] = []
    var before = ""
    for number in 0..<8 {
      let block = number.isMultiple(of: 2) ? Self.ours : Self.genuine
      turns.append(
        #"{"role":"user","content":"\#(number)"},{"role":"assistant","content":[\#(block),\#(ReasoningFixture.tool)]}"#
      )
      let sent = try ReasoningFixture.sent(
        #"{"model":"m","messages":[\#(turns.joined(separator: ","))]}"#, to: ReasoningFixture.anthropic)
      #expect(sent.hasPrefix(before))
      before = String(sent.dropLast(2))
    }
    #expect(before.contains("EqQB") && !before.contains("px1."))
  }

  @Test func `count_tokens is asked for what would be sent`() throws {
    let tagged = try ReasoningFixture.tagged(
      ReasoningFixture.body([Self.ours, ReasoningFixture.text]), path: "/v1/messages/count_tokens")
    let shaped = try ReasoningFixture.shaped(tagged, to: ReasoningFixture.anthropic, ReasoningMemory())
    #expect(shaped.request.body.text == ReasoningFixture.body([ReasoningFixture.text]))
  }

  @Test func `an override of messages has the last word`() throws {
    var endpoint = Endpoint(name: "e", url: ReasoningFixture.anthropic)
    endpoint.parameterOverrides = [Endpoint.Override(name: "messages", value: "[]")]
    let shaped = try ShapeRequest().shape(
      ReasoningFixture.tagged(ReasoningFixture.body([Self.ours])), for: endpoint
    ).request()
    #expect(shaped.request.body.text == #"{"model":"m","messages":[],"max_tokens":9}"#)
  }

  @Test(arguments: [
    "null", "5", #""px1.""#, "{}", "[5]", "[null]", #"[{"content":5}]"#,
    #"[{"content":{"type":"thinking"}}]"#, #"[{"content":[{"type":5,"signature":{}}]}]"#,
    #"[{"content":[{"signature":"px1."}]}]"#,
  ])
  func `messages of wrong types pass as they are`(_ messages: String) throws {
    let body = #"{"model":"m","messages":\#(messages)}"#
    #expect(try ReasoningFixture.sent(body, to: ReasoningFixture.anthropic) == body)
  }

  @Test func `whatever is removed, the rest is valid and removing again changes nothing`() throws {
    var random = SeededRandom(seed: 30)
    let kinds = [
      Self.ours, Self.genuine, Self.unsigned, Self.redacted, ReasoningFixture.text, ReasoningFixture.tool,
      "null",
    ]
    let memory = ReasoningMemory()
    memory.remember(ThinkingFingerprint(.redactedData, "Emw="), from: "relay.example")
    let gaps = ["", " ", "\n\t"]
    for _ in 0..<500 {
      let contents = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        (0..<Int.random(in: 0...5, using: &random)).map { _ in kinds.randomElement(using: &random)! }
      }
      let gap = gaps.randomElement(using: &random)!
      func body(_ contents: [[String]]) -> String {
        let turns = contents.map {
          #"{"role":"assistant","content":[\#(gap)\#($0.joined(separator: "\(gap),\(gap)"))\#(gap)]}"#
        }
        return #"{"model":"m","messages":[\#(turns.joined(separator: ","))]}"#
      }
      let sent = try ReasoningFixture.sent(body(contents), to: ReasoningFixture.anthropic, memory)
      let kept = contents.map { blocks in
        let rest = blocks.filter { ![Self.ours, Self.unsigned, Self.redacted].contains($0) }
        return rest.isEmpty && !blocks.isEmpty ? [ReasoningFixture.placeholder] : rest
      }
      #expect(sent.filter { !$0.isWhitespace } == body(kept).filter { !$0.isWhitespace })
      _ = try ReasoningFixture.tagged(sent)
      #expect(try ReasoningFixture.sent(sent, to: ReasoningFixture.anthropic, memory) == sent)
    }
  }
}
