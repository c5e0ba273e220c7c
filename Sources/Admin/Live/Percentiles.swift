import Pipeline

/// The middle and the slow end of a set of values.
package struct Percentiles: JSONObject, Equatable {
  package var p50: Double
  package var p90: Double
  package var p99: Double

  /// Nil without values.
  init?(milliseconds values: [Double]) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    func at(_ part: Double) -> Double {
      sorted[max(0, Int((Double(sorted.count) * part).rounded(.up)) - 1)]
    }
    (p50, p90, p99) = (at(0.5), at(0.9), at(0.99))
  }

  /// In microseconds; nil without values.
  init?(microsecondsOf counts: LatencyHistogram.Counts) {
    guard let p50 = counts.quantile(0.5), let p90 = counts.quantile(0.9), let p99 = counts.quantile(0.99)
    else { return nil }
    (self.p50, self.p90, self.p99) = (
      p50.milliseconds * 1000, p90.milliseconds * 1000, p99.milliseconds * 1000
    )
  }

  package static let schemaName = "Percentiles"
  package static let members: [Member<Percentiles>] = [
    Member("p50") { $0.p50 }, Member("p90") { $0.p90 }, Member("p99") { $0.p99 },
  ]
}
