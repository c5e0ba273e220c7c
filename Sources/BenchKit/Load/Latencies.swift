import Histogram

/// A distribution of latencies, exact to three digits.
package struct Latencies: Sendable {
  private static let longest: UInt64 = 600_000_000_000

  private var histogram = Histogram<UInt64>(
    highestTrackableValue: longest, numberOfSignificantValueDigits: .three)

  package init() {}

  package var count: Int { Int(histogram.totalCount) }

  package mutating func record(_ latency: Nanoseconds) {
    histogram.record(min(Self.longest, UInt64(max(0, latency))))
  }

  package mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

  /// In microseconds; nil without values.
  package func percentile(_ percentile: Double) -> Double? {
    histogram.totalCount == 0 ? nil : Double(histogram.valueAtPercentile(percentile)) / 1000
  }
}

extension Latencies: Codable {
  /// Written as its values, in nanoseconds, and how often each was seen.
  package init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    while !list.isAtEnd {
      let value = try list.decode(UInt64.self)
      histogram.record(min(Self.longest, value), count: try list.decode(UInt64.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for step in histogram.recordedValues() {
      try list.encode(step.value)
      try list.encode(step.count)
    }
  }
}
