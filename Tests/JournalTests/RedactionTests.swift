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
