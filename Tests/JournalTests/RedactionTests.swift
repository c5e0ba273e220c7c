import HTTPTypes
import Pipeline
import Testing

@Suite struct RedactionTests {
  @Test(arguments: [
    ("Authorization", "Bearer sk-ant-abcdefgh1234", "Bearer sk-…1234"),
    ("authorization", "Basic dXNlcjpwYXNzd29yZA==", "Basic …"),
    ("x-api-key", "sk-ant-abcdefgh1234", "sk-…1234"),
    ("x-api-key", "short", "…"),
    ("proxy-authorization", "token abcdefghijkl1234", "token abc…1234"),
    ("cookie", "session=abcdefgh; other=12345678", "ses…5678"),
    ("set-cookie", "a=b", "…"),
    ("x-auth-token", "abcdefghijkl1234", "abc…1234"),
    ("x-client-secret", "abcdefghijkl1234", "abc…1234"),
    ("X-ApiKey", "abcdefghijkl1234", "abc…1234"),
    ("x-accesstoken", "abcdefghijkl1234", "abc…1234"),
  ])
  func `hides credentials`(name: String, value: String, expected: String) throws {
    #expect(redactedValue(value, ofField: name) == expected)
    #expect(redactedValue(expected, ofField: name) == expected, "twice changes nothing more")
  }

  @Test(arguments: [
    "anthropic-ratelimit-tokens-remaining", "anthropic-beta", "keep-alive", "user-agent", "www-authenticate",
    "content-type", "x-claude-code-session-id",
  ])
  func `leaves other fields alone`(name: String) {
    #expect(redactedValue("any value of some length", ofField: name) == "any value of some length")
  }

  @Test(arguments: [
    ("https://h/v1/messages?beta=true", "https://h/v1/messages?beta=true"),
    ("https://h/v1?beta=true&key=abcdefghijkl1234", "https://h/v1?beta=true&key=abc…1234"),
    ("https://h/v1?api_key=short&max_tokens=5", "https://h/v1?api_key=…&max_tokens=5"),
    ("https://h/v1?access_token=abcdefghijkl1234#top", "https://h/v1?access_token=abc…#top"),
    ("https://h/v1?apiKey=a=b&x&X-Amz-Signature=1&sig=2", "https://h/v1?apiKey=…&x&X-Amz-Signature=…&sig=…"),
    ("https://h/v1?%6Bey=abcdefghijkl1234", "https://h/v1?%6Bey=abc…1234"),
    ("https://me:secret@h:8443/v1", "https://…@h:8443/v1"),
    ("https://me:se@cret@h?token=x", "https://…@h?token=…"),
    ("https://h/v1/@me?q=a@b", "https://h/v1/@me?q=a@b"), ("demo://name/v1", "demo://name/v1"), ("", ""),
    ("https://", "https://"), ("/relative?key=1", "/relative?key=…"), ("user@nowhere", "user@nowhere"),
  ])
  func `hides credentials in URLs`(url: String, expected: String) {
    #expect(redactedURL(url) == expected)
    #expect(redactedURL(expected) == expected, "twice changes nothing more")
  }

  @Test func `records keep no credential of a URL`() {
    let request = ClientRequest(method: .post, path: "/v1/messages", query: "token=abcdefghijkl1234")
    let id = ExchangeID(text: "x")
    #expect(ExchangeRecord(id: id, arrived: 0, request: request).query == "token=abc…1234")
    let attempt = AttemptRecord(exchange: id, number: 1, endpoint: "e", url: "http://u:p@h/?key=secret")
    #expect(attempt.url == "http://…@h/?key=…")
  }

  @Test func `hides credentials of a redirect`() {
    let value = redactedValue(
      "https://a.example/cb?code=1&access_token=abcdefghijkl1234", ofField: "Location")
    #expect(value == "https://a.example/cb?code=1&access_token=abc…1234")
  }

  @Test func `keeps order and repetition of fields`() throws {
    var fields = HTTPFields()
    let name = try #require(HTTPField.Name("X-Two"))
    fields.append(HTTPField(name: name, value: "1"))
    fields[.authorization] = "Bearer abcdefghijkl1234"
    fields.append(HTTPField(name: name, value: "2"))
    let redacted = redacted(fields).map { "\($0.name): \($0.value)" }
    #expect(redacted == ["X-Two: 1", "Authorization: Bearer abc…1234", "X-Two: 2"])
  }
}
