/// A histogram as Prometheus has it: how many values are at most so large.
struct BucketHistogram: Sendable, Equatable {
  /// Ascending.
  let bounds: [Double]
  /// Of each bucket alone, one more for what is larger than all.
  private(set) var counts: [Int]
  private(set) var sum = 0.0

  init(_ bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  mutating func record(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  // The bounds that OpenTelemetry's conventions for generative AI advise.

  /// Seconds.
  static let firstToken = BucketHistogram([
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ])
  /// Seconds.
  static let outputChunk = BucketHistogram([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
  ])
  /// Seconds.
  static let duration = BucketHistogram([
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
  ])
  static let tokens = BucketHistogram((0...10).map { Double(1 << (2 * $0)) })
}
