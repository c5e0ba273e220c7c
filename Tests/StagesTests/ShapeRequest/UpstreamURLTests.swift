import Pipeline
import Stages
import Testing

@Suite struct UpstreamURLTests {
  func url(_ path: String, _ query: String? = nil, at base: String = "https://models.example/x") throws
    -> String
  {
    try ShapingFixture.shape(
      try ShapingFixture.request(path: path, query: query), for: ShapingFixture.endpoint(base)
    ).request.url
  }

  @Test func `path and query follow the base as they came`() throws {
    #expect(try url("/v1/messages") == "https://models.example/x/v1/messages")
    #expect(
      try url("/v1/messages", "beta=true&a=%20b?c")
        == "https://models.example/x/v1/messages?beta=true&a=%20b?c")
    #expect(try url("/v1/messages", "") == "https://models.example/x/v1/messages?")
    #expect(
      try url("/v1/models/a%2Fb%20c;v=1..2", at: "https://h/") == "https://h/v1/models/a%2Fb%20c;v=1..2")
    #expect(try url("/v1/files/...") == "https://models.example/x/v1/files/...")
  }

  @Test func `an Anthropic endpoint ignores path_prefix`() throws {
    var endpoint = ShapingFixture.endpoint()
    endpoint.pathPrefix = "/v1/chat/completions"
    let shaped = try ShapingFixture.shape(try ShapingFixture.request(), for: endpoint)
    #expect(shaped.request.url == "https://models.example/v1/messages")
  }

  // regressions 31
  @Test func `nothing in the body moves the request to another host`() throws {
    let body = #"{"model":"m","url":"https://evil.example","api_base":"https://evil.example","base_url":"x"}"#
    let shaped = try ShapingFixture.shape(try ShapingFixture.request(body), for: ShapingFixture.endpoint())
    #expect(shaped.request.url == "https://models.example/v1/messages")
  }

  @Test(arguments: [
    "", "/", "/v1", "/v2/messages", "v1/messages", "/v1messages", "//evil.example/v1/messages",
    "@evil.example/v1/",
    "/v1/../admin", "/v1/..", "/v1/.", "/v1/./messages", "/v1/%2e%2e/admin", "/v1/%2E./admin", "/v1/.%2e",
    "/v1/%252e%252e/admin", "/v1/..%2fadmin", "/v1/a%2f..%2fb", "/v1/..%5cadmin", "/v1/..;x/admin",
    "/v1/..\\admin", "/v1/a b", "/v1/a\tb", "/v1/a\r\nX: y", "/v1/a\u{0}", "/v1/a%00b", "/v1/a%0d%0aX",
    "/v1/a#b",
    "/v1/a?b", "/v1/é", "/v1/a\u{7f}",
  ])
  func `a path that could go elsewhere is refused`(_ path: String) throws {
    let failure = #expect(throws: ProxyFailure.self) { try url(path) }
    #expect(failure?.code == .badRequest)
    #expect(failure?.httpStatus == 400)
    #expect(failure?.retry == .never)
    #expect(failure?.origin == .client)
  }

  @Test(arguments: ["a b", "a\r\nb", "a#b", "é", "a\u{0}"])
  func `a query that could end the URL is refused`(_ query: String) {
    #expect(throws: ProxyFailure.self) { try url("/v1/messages", query) }
  }
}
