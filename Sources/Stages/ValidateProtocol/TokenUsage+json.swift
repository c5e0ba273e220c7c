import Pipeline

extension TokenUsage {
  /// The counts of a `usage` object; nil where one is missing.
  init(_ usage: JSONFields) {
    self.init(
      input: usage.integer("input_tokens"), output: usage.integer("output_tokens"),
      cacheCreation: usage.integer("cache_creation_input_tokens"),
      cacheRead: usage.integer("cache_read_input_tokens"))
  }

  /// Takes over the counts a later event gives; the others survive.
  mutating func update(_ later: TokenUsage) {
    input = later.input ?? input
    output = later.output ?? output
    cacheCreation = later.cacheCreation ?? cacheCreation
    cacheRead = later.cacheRead ?? cacheRead
  }

  /// Whether any count is smaller than in `earlier` (V28).
  func isBelow(_ earlier: TokenUsage) -> Bool {
    let pairs = [
      (input, earlier.input), (output, earlier.output), (cacheCreation, earlier.cacheCreation),
      (cacheRead, earlier.cacheRead),
    ]
    return pairs.contains { now, before in
      if let now, let before { now < before } else { false }
    }
  }
}
