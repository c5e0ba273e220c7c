import Pipeline
import Stages
import Testing

@Suite struct BodyShapingTests {
  struct Splice: Sendable {
    var body: String
    var overrides: [Endpoint.Override]
    var expected: String

    init(_ body: String, _ overrides: [(String, String?)], _ expected: String) {
      self.body = body
      self.overrides = overrides.map { Endpoint.Override(name: $0.0, value: $0.1) }
      self.expected = expected
    }
  }

  static let splices = [
    // Setting: first, middle, last, only.
    Splice(#"{"a":1,"b":2,"c":3}"#, [("a", "9")], #"{"a":9,"b":2,"c":3}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("b", "[true]")], #"{"a":1,"b":[true],"c":3}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("c", #""x""#)], #"{"a":1,"b":2,"c":"x"}"#),
    Splice(#"{"a":1}"#, [("a", "null")], #"{"a":null}"#),
    // Deleting: first, middle, last, only, neighbours, all.
    Splice(#"{"a":1,"b":2,"c":3}"#, [("a", nil)], #"{"b":2,"c":3}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("b", nil)], #"{"a":1,"c":3}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("c", nil)], #"{"a":1,"b":2}"#),
    Splice(#"{"a":1}"#, [("a", nil)], #"{}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("a", nil), ("b", nil)], #"{"c":3}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("b", nil), ("c", nil)], #"{"a":1}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("a", nil), ("c", nil)], #"{"b":2}"#),
    Splice(#"{"a":1,"b":2}"#, [("a", nil), ("b", nil)], #"{}"#),
    // Adding, also behind deletions.
    Splice(#"{"a":1}"#, [("b", "2"), ("c", "{}")], #"{"a":1,"b":2,"c":{}}"#),
    Splice(#"{"a":1}"#, [("a", nil), ("b", "2")], #"{"b":2}"#),
    Splice(#"{"a":1,"b":2}"#, [("b", nil), ("c", "3")], #"{"a":1,"c":3}"#),
    Splice(#"{"a":1}"#, [("q\"\n", "2")], #"{"a":1,"q\"\n":2}"#),
    // All at once, in the order of the body.
    Splice(#"{"a":1,"b":2,"c":3}"#, [("d", "4"), ("c", "8"), ("a", nil)], #"{"b":2,"c":8,"d":4}"#),
    Splice(#"{"a":1,"b":2,"c":3}"#, [("b", "7"), ("c", nil)], #"{"a":1,"b":7}"#),
    // White space stays where it is.
    Splice("{ \"a\" :\t1 ,\n  \"b\" : 2\r\n}", [("a", "5")], "{ \"a\" :\t5 ,\n  \"b\" : 2\r\n}"),
    Splice("{ \"a\" :\t1 ,\n  \"b\" : 2\r\n}", [("b", nil)], "{ \"a\" :\t1\r\n}"),
    Splice("{ \"a\" : 1 ,\n  \"b\" : 2 }", [("a", nil)], "{ \"b\" : 2 }"),
    Splice("\n{ \"a\" : 1 }\n", [("b", "2")], "\n{ \"a\" : 1,\"b\":2 }\n"),
    // Nested keys of the same name, escaped keys, duplicates.
    Splice(#"{"x":{"a":1,"b":[{"a":2}]},"a":3}"#, [("a", nil)], #"{"x":{"a":1,"b":[{"a":2}]}}"#),
    Splice(#"{"x":{"a":1},"a":3}"#, [("a", "4")], #"{"x":{"a":1},"a":4}"#),
    Splice(#"{"\u0061":1,"b":2}"#, [("a", "4")], #"{"\u0061":4,"b":2}"#),
    Splice(#"{"a":1,"b":2,"a":3}"#, [("a", "4")], #"{"a":4,"b":2,"a":4}"#),
    Splice(#"{"a":1,"b":2,"a":3}"#, [("a", nil)], #"{"b":2}"#),
    // The last override of a name counts.
    Splice(#"{"a":1}"#, [("b", "1"), ("b", nil)], #"{"a":1}"#),
    Splice(#"{"a":1}"#, [("a", nil), ("a", "2")], #"{"a":2}"#),
    // Nothing to change.
    Splice(#"{"a":1}"#, [("a", "1"), ("zz", nil)], #"{"a":1}"#),
    Splice(#"{"stream":true}"#, [("stream", "false")], #"{"stream":true}"#),
    Splice(#"{"stream":true}"#, [("stream", nil)], #"{"stream":true}"#),
    Splice(#"{"a":1}"#, [("stream", "true")], #"{"a":1}"#),
  ]

  @Test(arguments: splices)
  func `overrides change top-level members and nothing else`(_ splice: Splice) throws {
    let endpoint = ShapingFixture.endpoint(parameters: splice.overrides)
    let shaped = try ShapingFixture.shape(try ShapingFixture.request(splice.body), for: endpoint)
    #expect(shaped.request.body.text == splice.expected)
    #expect(shaped.bodyChanged == (splice.body != splice.expected))
  }

  @Test func `an untouched body keeps its storage`() throws {
    let request = try ShapingFixture.request()
    let idle = [
      Endpoint.Override(name: "absent", value: nil),
      Endpoint.Override(name: "model", value: #""claude-opus-5""#),
    ]
    for parameters in [[], idle] {
      let shaped = try ShapingFixture.shape(request, for: ShapingFixture.endpoint(parameters: parameters))
      let isSame = unsafe request.request.body.withUnsafeBufferPointer { before in
        unsafe shaped.request.body.withUnsafeBufferPointer { after in
          unsafe before.baseAddress == after.baseAddress
        }
      }
      #expect(isSame)
      #expect(!shaped.bodyChanged)
    }
  }

  @Test func `count_tokens bodies are changed but nothing is added`() throws {
    let request = try ShapingFixture.request(#"{"model":"m","thinking":1,"tools":[]}"#) {
      $0.kind = .countTokens
    }
    let endpoint = ShapingFixture.endpoint(parameters: [
      Endpoint.Override(name: "max_tokens", value: "5"), Endpoint.Override(name: "thinking", value: nil),
      Endpoint.Override(name: "tools", value: "[1]"),
    ])
    let shaped = try ShapingFixture.shape(request, for: endpoint)
    #expect(shaped.request.body.text == #"{"model":"m","tools":[1]}"#)
  }

  @Test func `relayed bodies are not touched`() throws {
    let request = try ShapingFixture.request(#"{"model":"m"}"#) { $0.kind = .passThrough }
    var endpoint = ShapingFixture.endpoint(parameters: [Endpoint.Override(name: "model", value: "1")])
    endpoint.modelRewrite.isEnabled = true
    endpoint.modelRewrite.rules = [.init(sourcePattern: "*", targetModel: "other")]
    let shaped = try ShapingFixture.shape(request, for: endpoint)
    #expect(shaped.request.body.text == #"{"model":"m"}"#)
    #expect(shaped.modelSent == "m")
  }

  @Test func `an override that is no JSON is the endpoint's fault`() throws {
    for text in ["", "nope", "{", "1 2", #""a"#] {
      let endpoint = ShapingFixture.endpoint(parameters: [Endpoint.Override(name: "a", value: text)])
      let request = try ShapingFixture.request()
      let failure = #expect(throws: ProxyFailure.self) { try ShapingFixture.shape(request, for: endpoint) }
      #expect(failure?.code == .internalFault)
      #expect(failure?.retry == .nextEndpoint)
    }
  }

  // MARK: Any body, any overrides

  static let keys = ["model", "a", "b", "c", "max_tokens", "tools", "dé\\u0066", "messages"]
  static let values = [
    "1", "-2.5e3", "true", "null", #""text""#, #""\"}\\,""#, "[]", "{}", #"[1, {"a": [2]}]"#,
    #"{"a":{"model":"x"} , "b":"\u00e9"}"#, #""é,{""#,
  ]
  static let gaps = ["", " ", "\n  ", "\t", " \r\n"]

  @Test func `untouched values stay byte-identical whatever is changed around them`() throws {
    var generator = ShapingGenerator(state: 20_261_021)
    for _ in 0..<1500 {
      func gap() -> String { Self.gaps.randomElement(using: &generator) ?? "" }
      var members: [String] = []
      for _ in 0..<Int.random(in: 1...7, using: &generator) {
        let key = Self.keys.randomElement(using: &generator) ?? ""
        let value = Self.values.randomElement(using: &generator) ?? ""
        members.append("\(gap())\"\(key)\"\(gap()):\(gap())\(value)\(gap())")
      }
      let request = try ShapingFixture.request("\(gap()){\(members.joined(separator: ","))}\(gap())")

      var wanted: [String: String?] = [:]
      var overrides: [Endpoint.Override] = []
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        let key = ["a", "b", "tools", "new", "dé\u{66}", "x"].randomElement(using: &generator) ?? ""
        let value = Bool.random(using: &generator) ? Self.values.randomElement(using: &generator) : nil
        overrides.append(Endpoint.Override(name: key, value: value))
        wanted.updateValue(value, forKey: key)
      }
      let endpoint = ShapingFixture.endpoint(parameters: overrides)
      let body = try ShapingFixture.shape(request, for: endpoint).request.body
      try expectOnly(wanted, changedIn: body, of: request)
    }
  }

  /// Members in order, each as it was or as it was wanted, and wanted ones that were missing at the end.
  func expectOnly(_ wanted: [String: String?], changedIn body: Bytes, of request: TaggedRequest) throws {
    let before = request.facts.fields
    let after = try ShapingFixture.facts(of: body).fields
    var expected: [String] = []
    for field in before {
      switch wanted[field.key] {
      case .some(.some(let value)): expected.append("\(field.key)=\(value)")
      case .some(.none): break
      case nil: expected.append("\(field.key)=\(request.request.body[field.valueRange].text)")
      }
    }
    let kept = expected.count
    let added = wanted.compactMap { key, value in
      before.contains { $0.key == key } ? nil : value.map { "\(key)=\($0)" }
    }
    let got = after.map { "\($0.key)=\(body[$0.valueRange].text)" }
    #expect(Array(got.prefix(kept)) == expected)
    #expect(got.dropFirst(kept).sorted() == added.sorted())
  }
}
