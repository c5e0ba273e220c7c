import Stages
import Testing

@Suite struct WildcardPatternTests {
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("a", "", false), ("*", "", true), ("*", "anything", true),
    ("**", "", true),
    ("?", "", false), ("?", "a", true), ("?", "ab", false), ("abc", "abc", true), ("abc", "abcd", false),
    ("abc", "ABC", false), ("a*", "a", true), ("a*", "ba", false), ("*a", "banana", true),
    ("*b", "banana", false),
    ("*nan*", "banana", true), ("b*n*n?", "banana", true), ("b*n*n??", "banana", false),
    ("a*b*c", "aXbYbZc", true),
    ("claude-*-4-?", "claude-sonnet-4-5", true), ("claude-*-4-?", "claude-sonnet-4-", false),
    ("/v1/*/count_tokens", "/v1/messages/count_tokens", true), ("?", "é", true), ("??", "é", false),
    ("?", "😀", true), ("*?", "😀", true), ("*??", "😀", false), ("a?c", "a😀c", true), ("*é", "caf\u{e9}", true),
    ("[a-z]", "b", false), ("[a-z]", "[a-z]", true), ("\\*", "\\x", true), ("a\nb*", "a\nb\nc", true),
  ])
  func `a pattern covers the whole text`(pattern: String, text: String, matches: Bool) {
    #expect(WildcardPattern(pattern).matches(text) == matches)
  }

  @Test func `agrees with a plain recursive matcher`() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<20_000 {
      let pattern = random(from: ["a", "b", "é", "*", "?"], upTo: 7, using: &generator)
      let text = random(from: ["a", "b", "é", "😀"], upTo: 8, using: &generator)
      let expected = reference(Array(pattern.unicodeScalars)[...], Array(text.unicodeScalars)[...])
      #expect(WildcardPattern(pattern).matches(text) == expected, "\(pattern) over \(text)")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `many stars over a long text take no exponential time`() {
    let pattern = String(repeating: "a*", count: 200) + "b"
    #expect(!WildcardPattern(pattern).matches(String(repeating: "a", count: 20_000)))
  }

  func random(from letters: [String], upTo limit: Int, using generator: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...limit, using: &generator))
      .map { _ in letters.randomElement(using: &generator)! }.joined()
  }

  func reference(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if first == "*" { return reference(rest, text) || !text.isEmpty && reference(pattern, text.dropFirst()) }
    return !text.isEmpty && (first == "?" || first == text.first) && reference(rest, text.dropFirst())
  }
}
