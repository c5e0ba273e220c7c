import Pipeline
import Settings
import Testing

@Suite struct ModelPriceTests {
  @Test func `the first price that fits counts, the user's before the built-in ones`() throws {
    let settings = try load(
      """
      endpoints: [{name: demo, endpoint_type: demo}]
      prices:
      - {model: "claude-opus-4-5*", input: 1, output: 2, cache_write: 0, cache_read: 0.5}
      - {model: "claude-?pus-*", input: 4, output: 8}
      """
    ).settings
    let prices = settings.prices
    #expect(
      prices.price(of: "claude-opus-4-5-20251101")
        == ModelPrice(pattern: "claude-opus-4-5*", input: 1, output: 2, cacheWrite: 0, cacheRead: 0.5))
    #expect(prices.price(of: "claude-opus-9")?.cacheWrite == 5)
    #expect(prices.price(of: "claude-opus-9")?.cacheRead == 0.4)
    #expect(prices.price(of: "claude-haiku-4-5-20251001")?.output == 5)
    #expect(prices.price(of: "gpt-5") == nil)
    #expect(try load(settings.redactedText).settings == settings)
  }

  @Test func `a cost is that of all its tokens`() throws {
    let prices = ModelPrices()
    let usage = TokenUsage(input: 1_000_000, output: 100_000, cacheCreation: 200_000, cacheRead: 2_000_000)
    let cost = try #require(prices.cost(of: usage, model: "claude-sonnet-4-5-20250929"))
    #expect(abs(cost - (3 + 1.5 + 0.75 + 0.6)) < 1e-9)
    #expect(prices.cost(of: usage, model: "unknown") == nil)
    #expect(prices.cost(of: TokenUsage(), model: "claude-sonnet-4-5") == nil)
    #expect(prices.cost(of: TokenUsage(input: 0, output: 0), model: "claude-sonnet-4-5") == 0)
  }

  @Test func `the built-in prices can be read, and each is reached by its own name`() {
    #expect(ModelPrices.bundled.count > 15)
    for price in ModelPrices.bundled {
      let model = price.pattern.replacing("*", with: "")
      #expect(ModelPrices().price(of: model) == price, "\(model) is hidden by an earlier line")
      #expect(price.input > 0 && price.output > price.input && price.cacheRead < price.input)
    }
  }

  @Test(arguments: [
    ("claude-opus-5", 5.0, 0.5), ("claude-opus-5-5", 4, 0.2), ("claude-opus-4-20250514", 15, 1.5),
    ("claude-sonnet-5-5", 2, 0.1), ("claude-3-haiku-20240307", 0.25, 0.03),
  ])
  func `a newer model is not taken for its family`(_ model: String, _ input: Double, _ cacheRead: Double)
    throws
  {
    let price = try #require(ModelPrices().price(of: model))
    #expect(price.input == input && abs(price.cacheRead - cacheRead) < 1e-9)
  }
}
