import HTTPTypes
import Pipeline
import Stages
import Testing

@Suite struct OutgoingFieldsTests {
  static let anthropic = "https://api.anthropic.com"
  static let version = ("anthropic-version", "2026-10-21")

  func sent(
    _ pairs: [(String, String)], to endpoint: Endpoint = ShapingFixture.endpoint(), token: String? = nil
  ) throws -> [String] {
    let request = try ShapingFixture.request(fields: ShapingFixture.fields([Self.version] + pairs))
    let shaped = try ShapingFixture.shape(request, for: endpoint, clientToken: token)
    let lines = ShapingFixture.lines(shaped.request.fields)
    #expect(lines.first == "anthropic-version: 2026-10-21")
    return Array(lines.dropFirst())
  }

  // G3
  @Test func `unknown and Anthropic fields pass in order and spelling`() throws {
    let pairs = [
      ("User-Agent", "claude-cli/2.1.240 (external, cli)"), ("anthropic-beta", "a-1,b-2"),
      ("X-Stainless-Lang", "js"), ("x-app", "cli"), ("x-claude-code-session-id", "s"),
      ("Anthropic-Beta", "c-3"),
      ("anthropic-new-thing", "kept"), ("x-unknown", "é"), ("content-type", "application/json"),
      ("accept", "text/event-stream"),
    ]
    #expect(try sent(pairs) == pairs.map { "\($0.0): \($0.1)" })
  }

  @Test func `what belongs to the connection or the transport stays here`() throws {
    let pairs = [
      ("Connection", "keep-alive, X-Hop"), ("x-hop", "1"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"),
      ("Trailer", "x"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"), ("Proxy-Connection", "close"),
      ("Proxy-Authenticate", "x"), ("Host", "127.0.0.1:8080"), ("Content-Length", "9"),
      ("http2-settings", "x"),
      ("Accept-Encoding", "br"), ("Content-Encoding", "gzip"), ("Expect", "100-continue"), ("x-kept", "1"),
    ]
    #expect(try sent(pairs) == ["x-kept: 1"])
  }

  @Test func `a version is added only when the client sent none`() throws {
    let shaped = try ShapingFixture.shape(try ShapingFixture.request(), for: ShapingFixture.endpoint())
    #expect(ShapingFixture.lines(shaped.request.fields) == ["anthropic-version: 2023-06-01"])
  }

  // MARK: Credentials

  @Test(arguments: [
    (Endpoint.Credential.none, []),
    (.apiKey(Secret("k-1")), ["x-api-key: k-1"]),
    (.bearer(Secret("t-1")), ["Authorization: Bearer t-1"]),
    (.authorization(Secret("Custom v")), ["Authorization: Custom v"]),
    (.oauth(Endpoint.OAuthTokens(accessToken: Secret("o-1"))), ["Authorization: Bearer o-1"]),
  ])
  func `the client's credentials give way to the endpoint's`(
    _ credential: Endpoint.Credential, _ expected: [String]
  ) throws {
    let pairs = [
      ("Authorization", "Bearer mine"), ("X-API-Key", "mine"), ("Cookie", "mine"),
      ("Proxy-Authorization", "mine"),
    ]
    #expect(try sent(pairs, to: ShapingFixture.endpoint("https://h", credential)) == expected)
  }

  @Test func `a credential that would break the header is refused`() throws {
    for text in ["a\r\nX: y", "a\nb", "a\u{0}"] {
      let endpoint = ShapingFixture.endpoint("https://h", .apiKey(Secret(text)))
      let failure = #expect(throws: ProxyFailure.self) { try sent([], to: endpoint) }
      #expect(failure?.detail.contains(text) == false)
    }
  }

  // G14
  @Test func `the client's own login goes to Anthropic and nowhere else`() throws {
    let login = [("Authorization", "Bearer login"), ("cookie", "c"), ("x-api-key", "key")]
    for url in [Self.anthropic, "https://API.anthropic.com/", "https://api.anthropic.com:443"] {
      let lines = try sent(login, to: ShapingFixture.endpoint(url, .forwardClient))
      #expect(lines == ["Authorization: Bearer login", "x-api-key: key"])
    }
    for url in [
      "http://api.anthropic.com", "https://api.anthropic.com.evil.example",
      "https://evil.example/api.anthropic.com",
      "https://api.anthropic.com@evil.example", "https://api.anthropic.com:8443",
      "https://u@api.anthropic.com",
      "https://evil.example#api.anthropic.com", "https://evil.example\\@api.anthropic.com",
      "api.anthropic.com", "",
    ] {
      let failure = #expect(throws: ProxyFailure.self) {
        try sent(login, to: ShapingFixture.endpoint(url, .forwardClient))
      }
      #expect(failure?.code == .internalFault)
    }
  }

  @Test func `the token of this proxy is never forwarded, wherever the client put it`() throws {
    let pairs = [
      ("Authorization", "Bearer login"), ("x-api-key", "local"), ("x-route", "local"),
      ("x-other", "Token local"),
      ("x-kept", "localhost"),
    ]
    let lines = try sent(pairs, to: ShapingFixture.endpoint(Self.anthropic, .forwardClient), token: "local")
    #expect(lines == ["Authorization: Bearer login", "x-kept: localhost"])
  }

  @Test func `no random set of fields leaks a credential or loses another field`() throws {
    var generator = ShapingGenerator(state: 7)
    let secret = [
      "Authorization", "authorization", "X-Api-Key", "x-api-key", "COOKIE", "proxy-authorization",
    ]
    let open = ["x-a", "X-B", "anthropic-beta", "x-claude-code-agent-id", "user-agent", "x-token", "Accept"]
    let credentials: [Endpoint.Credential] = [
      .none, .apiKey(Secret("theirs")), .bearer(Secret("theirs")), .authorization(Secret("theirs")),
    ]
    for _ in 0..<500 {
      var pairs: [(String, String)] = []
      var expected: [String] = []
      for number in 0..<Int.random(in: 0...12, using: &generator) {
        if Bool.random(using: &generator), let name = secret.randomElement(using: &generator) {
          pairs.append((name, ["mine-\(number)", "Bearer mine-\(number)"][number % 2]))
        } else if Int.random(in: 0..<5, using: &generator) == 0 {
          pairs.append(("x-anything", ["local-token", "Bearer local-token"][number % 2]))
        } else if let name = open.randomElement(using: &generator) {
          pairs.append((name, "v\(number)"))
          expected.append("\(name): v\(number)")
        }
      }
      let credential = credentials.randomElement(using: &generator) ?? .none
      let lines = try sent(pairs, to: ShapingFixture.endpoint("https://h", credential), token: "local-token")
      #expect(!lines.contains { $0.contains("mine") || $0.contains("local-token") })
      #expect(lines.filter { !$0.contains("theirs") } == expected)
    }
  }

  // MARK: The beta value of subscription tokens

  @Test(
    arguments: [
      ([], ["anthropic-beta: oauth-2025-04-20"]),
      ([("Anthropic-Beta", "a,b")], ["Anthropic-Beta: oauth-2025-04-20,a,b"]),
      ([("anthropic-beta", "a, oauth-2025-04-20")], ["anthropic-beta: a, oauth-2025-04-20"]),
      (
        [("anthropic-beta", "a"), ("anthropic-beta", "oauth-2025-04-20")],
        ["anthropic-beta: a", "anthropic-beta: oauth-2025-04-20"]
      ),
    ] as [([(String, String)], [String])])
  func `a subscription token to Anthropic brings its beta value`(
    _ pairs: [(String, String)], _ expected: [String]
  ) throws {
    let token = Secret("sk-ant-oat01-abc")
    let credentials: [Endpoint.Credential] = [
      .bearer(token), .oauth(Endpoint.OAuthTokens(accessToken: token)),
      .authorization(Secret("Bearer sk-ant-oat01-abc")),
    ]
    for credential in credentials {
      let lines = try sent(pairs, to: ShapingFixture.endpoint(Self.anthropic, credential))
      #expect(lines.filter { $0.lowercased().hasPrefix("anthropic-beta") } == expected)
    }
    let login = [("authorization", "Bearer sk-ant-oat01-abc")] + pairs
    let forwarded = try sent(login, to: ShapingFixture.endpoint(Self.anthropic, .forwardClient))
    #expect(forwarded.filter { $0.lowercased().hasPrefix("anthropic-beta") } == expected)
  }

  @Test func `other tokens and other hosts get no beta value`() throws {
    let other = ShapingFixture.endpoint("https://h", .bearer(Secret("sk-ant-oat01-abc")))
    #expect(try sent([], to: other) == ["Authorization: Bearer sk-ant-oat01-abc"])
    let key = ShapingFixture.endpoint(Self.anthropic, .bearer(Secret("sk-ant-api03-abc")))
    #expect(try sent([], to: key) == ["Authorization: Bearer sk-ant-api03-abc"])
  }

  // MARK: Overrides

  @Test func `overrides have the last word, whatever the case of the name`() throws {
    let endpoint = ShapingFixture.endpoint(
      "https://h", .apiKey(Secret("k")),
      headers: [
        Endpoint.Override(name: "USER-AGENT", value: "mine/1"), Endpoint.Override(name: "x-gone", value: nil),
        Endpoint.Override(name: "X-Api-Key", value: "override"), Endpoint.Override(name: "x-new", value: "n"),
        Endpoint.Override(name: "Content-Length", value: "1"),
        Endpoint.Override(name: "connection", value: "close"),
      ])
    let lines = try sent(
      [("x-first", "1"), ("user-agent", "a"), ("X-Gone", "1"), ("User-Agent", "b"), ("x-last", "1")],
      to: endpoint)
    #expect(
      lines == ["x-first: 1", "USER-AGENT: mine/1", "x-last: 1", "X-Api-Key: override", "x-new: n"])
  }

  @Test(arguments: [
    ("x-a", "1\r\nx-b: 2"), ("x-a", "1\nx-b: 2"), ("x-a", "1\r"), ("x-a", "\u{0}"), ("x-a\r\nx-b", "1"),
    ("x a", "1"),
    ("", "1"), (":path", "/"),
  ])
  func `an override that could inject a field is refused`(_ name: String, _ value: String) throws {
    let endpoint = ShapingFixture.endpoint(headers: [Endpoint.Override(name: name, value: value)])
    let failure = #expect(throws: ProxyFailure.self) { try sent([], to: endpoint) }
    #expect(failure?.code == .internalFault)
    #expect(failure?.retry == .nextEndpoint)
  }

  @Test func `proxy and timeouts of the endpoint go along`() throws {
    var endpoint = ShapingFixture.endpoint()
    endpoint.proxy = UpstreamProxy(kind: .socks5, address: "127.0.0.1:1080")
    endpoint.timeouts.idle = .seconds(3)
    let request = try ShapingFixture.shape(try ShapingFixture.request(), for: endpoint).request
    #expect(request.proxy == endpoint.proxy)
    #expect(request.timeouts == endpoint.timeouts)
    #expect(request.method == .post)
  }
}
