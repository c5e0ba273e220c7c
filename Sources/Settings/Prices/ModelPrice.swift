package import Pipeline
import Stages

/// What the tokens of the models of a name cost, in USD for a million.
package struct ModelPrice: Sendable, Equatable {
  /// Of the model's name, with `*` and `?`.
  package var pattern: String
  package var input: Double
  package var output: Double
  /// Of input that is kept for later requests.
  package var cacheWrite: Double
  /// Of input that was kept before.
  package var cacheRead: Double
  private let wildcard: WildcardPattern

  /// - Parameters:
  ///   - cacheWrite: without it 1.25 times the price of input, Anthropic's for five minutes.
  ///   - cacheRead: without it a tenth of the price of input.
  package init(
    pattern: String, input: Double, output: Double, cacheWrite: Double? = nil, cacheRead: Double? = nil
  ) {
    self.pattern = pattern
    self.input = input
    self.output = output
    self.cacheWrite = cacheWrite ?? input * 1.25
    self.cacheRead = cacheRead ?? input / 10
    wildcard = WildcardPattern(pattern)
  }

  package func matches(_ model: String) -> Bool { wildcard.matches(model) }

  /// What an answer cost, in USD; nil when the endpoint told neither its input nor its output.
  package func cost(of usage: TokenUsage) -> Double? {
    guard usage.input != nil || usage.output != nil else { return nil }
    let parts = [
      (usage.input, input), (usage.output, output), (usage.cacheCreation, cacheWrite),
      (usage.cacheRead, cacheRead),
    ]
    return parts.reduce(0) { $0 + Double($1.0 ?? 0) * $1.1 } / 1_000_000
  }
}

extension ModelPrice {
  /// Reads one element of `prices`.
  init?(_ map: Mapping) {
    let pattern = map.requiredText("model", expected: "a model name, with * and ? as wildcards")
    let input = Self.price("input", map, isNeeded: true)
    let output = Self.price("output", map, isNeeded: true)
    let cacheWrite = Self.price("cache_write", map)
    let cacheRead = Self.price("cache_read", map)
    guard let pattern, let input, let output else { return nil }
    self.init(pattern: pattern, input: input, output: output, cacheWrite: cacheWrite, cacheRead: cacheRead)
  }

  private static func price(_ key: String, _ map: Mapping, isNeeded: Bool = false) -> Double? {
    let expected = "USD for a million tokens, 0 or more"
    guard let value = map[key] else {
      if isNeeded { map.reportMissing(key, expected: expected) }
      return nil
    }
    guard let text = value.text() else { return nil }
    guard let price = Double(text), price.isFinite, price >= 0 else {
      value.reportMismatch(expected: expected)
      return nil
    }
    return price
  }

  func outline(_ out: inout Outline) {
    out.text("model", pattern)
    out.plain("input", input)
    out.plain("output", output)
    out.plain("cache_write", cacheWrite)
    out.plain("cache_read", cacheRead)
  }
}
