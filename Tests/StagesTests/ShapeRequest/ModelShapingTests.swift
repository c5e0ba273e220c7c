import Pipeline
import Stages
import Testing

@Suite struct ModelShapingTests {
  static func endpoint(_ rules: [(String, String)], isEnabled: Bool = true) -> Endpoint {
    var endpoint = ShapingFixture.endpoint()
    endpoint.modelRewrite.isEnabled = isEnabled
    endpoint.modelRewrite.rules = rules.map { .init(sourcePattern: $0.0, targetModel: $0.1) }
    return endpoint
  }

  @Test(arguments: [
    ("claude-opus-5", "claude-opus-5", true), ("claude-*", "claude-opus-5", true),
    ("*opus*", "claude-opus-5", true), ("*", "", true), ("*", "x", true), ("**5", "claude-opus-5", true),
    ("claude-opus-?", "claude-opus-5", true), ("?", "é", true), ("*a*b*c", "xaybzc", true),
    ("*aab", "aaaab", true),
    ("claude", "claude-opus-5", false), ("opus*", "claude-opus-5", false), ("?", "", false),
    ("claude-opus-?", "claude-opus-", false), ("Claude-*", "claude-opus-5", false), ("", "x", false),
    ("*a*b*c", "xaybz", false), ("claude-*-x", "claude-opus-5", false),
  ])
  func `patterns match the whole name`(_ pattern: String, _ model: String, _ matches: Bool) {
    #expect((Self.endpoint([(pattern, "target")]).rewritten(model) == "target") == matches)
  }

  @Test func `a long hostile name is matched without backtracking into the past`() {
    let model = String(repeating: "a", count: 20_000)
    #expect(Self.endpoint([("*a*a*a*a*a*a*b", "t")]).rewritten(model) == nil)
  }

  @Test func `the first rule that matches replaces the value in place`() throws {
    let request = try ShapingFixture.request(
      #"{"max_tokens":1, "model" : "claude-opus-5" ,"x":{"model":"claude-opus-5"}}"#)
    let endpoint = Self.endpoint([("gpt*", "no"), ("*opus*", "big \"one\""), ("*", "later")])
    let shaped = try ShapingFixture.shape(request, for: endpoint)
    #expect(
      shaped.request.body.text
        == #"{"max_tokens":1, "model" : "big \"one\"" ,"x":{"model":"claude-opus-5"}}"#)
    #expect(shaped.bodyChanged)
    #expect(shaped.modelSent == "big \"one\"")
    #expect(shaped.expectation.model == "big \"one\"")
    #expect(shaped.expectation.modelShownToClient == "claude-opus-5")
  }

  @Test func `an unchanged model is not mapped back`() throws {
    let rewrites = [
      Self.endpoint([]), Self.endpoint([("gpt*", "x")]), Self.endpoint([("*", "x")], isEnabled: false),
      Self.endpoint([("*", "claude-opus-5")]),
    ]
    for endpoint in rewrites {
      let shaped = try ShapingFixture.shape(try ShapingFixture.request(), for: endpoint)
      #expect(!shaped.bodyChanged)
      #expect(shaped.modelSent == "claude-opus-5")
      #expect(shaped.expectation.model == "claude-opus-5")
      #expect(shaped.expectation.modelShownToClient == nil)
    }
  }

  @Test func `the implicit rule needs consent, no rules, no tags and a foreign name`() {
    var endpoint = ShapingFixture.endpoint()
    #expect(endpoint.rewritten("gpt-5") == nil)
    endpoint.modelRewrite.isImplicit = true
    #expect(endpoint.rewritten("gpt-5") == Endpoint.ModelRewrite.implicitTarget)
    #expect(endpoint.rewritten("claude-haiku-5") == nil)
    endpoint.tags = ["x"]
    #expect(endpoint.rewritten("gpt-5") == nil)
    endpoint.tags = []
    endpoint.modelRewrite.isEnabled = true
    endpoint.modelRewrite.rules = [.init(sourcePattern: "o*", targetModel: "t")]
    #expect(endpoint.rewritten("gpt-5") == nil)
  }

  @Test func `an override of the model has the last word and is mapped back too`() throws {
    var endpoint = Self.endpoint([("*", "rewritten")])
    endpoint.parameterOverrides = [Endpoint.Override(name: "model", value: #""over\u0072idden""#)]
    let shaped = try ShapingFixture.shape(try ShapingFixture.request(#"{"model":"m"}"#), for: endpoint)
    #expect(shaped.request.body.text == #"{"model":"over\u0072idden"}"#)
    #expect(shaped.modelSent == "overridden")
    #expect(shaped.expectation.modelShownToClient == "m")
  }

  @Test func `the expectation says what the request said`() throws {
    let request = try ShapingFixture.request(#"{"model":"m","tools":[]}"#) { facts in
      facts.toolNames = ["Bash", "Read"]
      facts.allowsInvalidToolInput = true
      facts.isStreamed = false
    }
    var endpoint = ShapingFixture.endpoint("https://api.anthropic.com")
    let expectation = try ShapingFixture.shape(request, for: endpoint).expectation
    #expect(expectation.toolNames == ["Bash", "Read"])
    #expect(expectation.allowsInvalidToolInput)
    #expect(expectation.isFirstParty)
    #expect(!expectation.isStreamed)
    endpoint.url = "https://models.example"
    endpoint.parameterOverrides = [Endpoint.Override(name: "tools", value: nil)]
    let other = try ShapingFixture.shape(request, for: endpoint).expectation
    #expect(other.toolNames == nil)
    #expect(!other.isFirstParty)
  }
}
