import Pipeline
import ProxyTesting
import Testing

@testable import Journal

@Suite struct BytePatternTests {
  func isFound(_ pattern: String, in text: String) throws -> Bool {
    try #require(BytePattern(pattern)).isFound(in: Bytes(utf8: text))
  }

  @Test func `finds text in any case`() throws {
    #expect(BytePattern("") == nil)
    #expect(try isFound("needle", in: "a NeEdLe in hay"))
    #expect(try isFound("NEEDLE", in: "needle"))
    #expect(try isFound("a", in: "A"))
    #expect(try !isFound("needle", in: "needl"))
    #expect(try !isFound("@", in: "`"))
    #expect(try !isFound("[", in: "{"))
    #expect(try isFound("größe", in: "Die GRÖßE: größe"))
    #expect(try isFound("MÜNCHEN", in: "in München"))
    #expect(try isFound("数据", in: "一些数据。"))
    #expect(try !isFound("数据", in: "一些数字。"))
  }

  @Test func `agrees with a search that looks at every place`() throws {
    var random = SeededRandom(seed: 3)
    let letters = Array("abABzZ@[ ")
    func text(_ lengths: ClosedRange<Int>) -> String {
      String(
        (0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random)! })
    }
    for _ in 0..<3_000 {
      let (pattern, text) = (text(1...4), text(0...30))
      #expect(
        try isFound(pattern, in: text) == text.lowercased().contains(pattern.lowercased()),
        "\(pattern) in \(text)")
    }
  }
}
