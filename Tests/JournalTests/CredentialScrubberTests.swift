import Testing

@testable import Journal

@Suite struct CredentialScrubberTests {
  func scrubbed(_ text: String) -> String {
    String(decoding: CredentialScrubber.scrubbed(Array(text.utf8)), as: UTF8.self)
  }

  @Test(arguments: [
    ("key sk-ant-api03-abcdefgh_1234!", "key sk-…1234!"),
    ("(ghp_abcdefghijklmnop1234)", "(ghp…1234)"),
    ("Authorization: Bearer abc.def~ghi+1234=", "Authorization: Bearer abc…234="),
    (#"{"api_key":"short"}"#, #"{"api_key":"…"}"#),
    (#"{"apiKey" : "abcdefghijkl1234", "n": 1}"#, #"{"apiKey" : "abc…1234", "n": 1}"#),
    (#"{"text":"{\"auth_token\": \"abcdefghijkl1234\"}"}"#, #"{"text":"{\"auth_token\": \"abc…1234\"}"}"#),
    ("ANTHROPIC_API_KEY=abcdefghijkl1234\n", "ANTHROPIC_API_KEY=abc…1234\n"),
    ("export DB_PASSWORD='hunter22hunter22'", "export DB_PASSWORD='hun…er22'"),
    (#""client_secret":"abcdefghijkl1234""#, #""client_secret":"abc…1234""#),
  ])
  func `takes credentials out`(text: String, expected: String) {
    #expect(scrubbed(text) == expected)
    #expect(scrubbed(expected) == expected, "twice changes nothing more")
  }

  @Test(arguments: [
    "", "plain text", #"{"max_tokens": 4096, "output_tokens": 12}"#, "sk-short", "task-oriented-programming",
    "the token: see below", #""stop_sequence":"x""#, "Bearer of news", "secret", "password=", "\"token\":",
    "token\":\"", "\\\\\\",
  ])
  func `leaves other text alone`(text: String) {
    #expect(scrubbed(text) == text)
  }

  @Test func `keeps bytes that are not text`() {
    let bytes = noise(20_000)
    #expect(CredentialScrubber.scrubbed(bytes) == bytes)
  }
}
