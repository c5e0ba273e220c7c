/// The middle of some values, and how far apart they lie.
package struct Spread: Codable, Sendable, Equatable {
  package var median: Double
  /// A quarter of the values is smaller.
  package var lower: Double
  /// A quarter of the values is larger.
  package var upper: Double

  /// Nil without values.
  package init?(_ values: [Double]) {
    guard let median = Self.quantile(0.5, of: values), let lower = Self.quantile(0.25, of: values),
      let upper = Self.quantile(0.75, of: values)
    else { return nil }
    self.median = median
    self.lower = lower
    self.upper = upper
  }

  /// The interquartile range as a share of the median; 0 when the median is.
  package var relative: Double { median == 0 ? 0 : (upper - lower) / abs(median) }

  /// The value below which the share `place` of all lies, interpolated between the two nearest.
  package static func quantile(_ place: Double, of values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return nil }
    let position = min(max(place, 0), 1) * Double(last)
    let below = Int(position)
    let above = min(below + 1, last)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }

  /// The differences of values of the same round; rounds in which either is missing are left out.
  package static func pairedDifferences(_ values: [Double?], minus base: [Double?]) -> [Double] {
    zip(values, base).compactMap { value, base in
      if let value, let base { value - base } else { nil }
    }
  }
}

/// A generator of random numbers that gives the same ones for the same seed.
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
