/// One number that a scenario measures at every target.
package struct Figure: Codable, Sendable, Hashable {
  package enum Comparison: String, Codable, Sendable {
    /// What the target adds to the direct path of the same round.
    case added
    /// What the target itself needs or reaches.
    case own
  }

  /// Unique within its scenario.
  package var id: String
  package var title: String
  package var unit: String
  package var comparison: Comparison

  package init(_ id: String, _ title: String, unit: String, _ comparison: Comparison) {
    self.id = id
    self.title = title
    self.unit = unit
    self.comparison = comparison
  }

  /// One figure for each percentile of a series of latencies, in microseconds.
  static func latencies(_ series: String, _ title: String, _ percentiles: [Double]) -> [Figure] {
    percentiles.map { Figure("\(series).\(name($0))", "\(title), \(name($0))", unit: "µs", .added) }
  }

  /// `p50`, `p99.9`.
  static func name(_ percentile: Double) -> String {
    percentile == percentile.rounded() ? "p\(Int(percentile))" : "p\(percentile)"
  }
}

/// A figure as measured, for each target.
package struct FigureResult: Codable, Sendable {
  package struct Column: Codable, Sendable {
    package var target: String
    /// As measured, a value a round; nil where the round failed.
    package var rounds: [Double?]
    /// Of the paired differences to direct, or of the values themselves.
    package var spread: Spread?
  }

  package var figure: Figure
  package var columns: [Column]

  /// Puts the rounds of each target together.
  package init(_ figure: Figure, rounds: [(target: String, values: [Double?])]) {
    self.figure = figure
    let base = rounds.first { $0.target == Target.direct.name }?.values
    columns = rounds.map { target, values in
      let compared: [Double] =
        switch figure.comparison {
        case .own: values.compactMap(\.self)
        case .added where target == Target.direct.name: values.compactMap(\.self)
        case .added: Spread.pairedDifferences(values, minus: base ?? [])
        }
      return Column(target: target, rounds: values, spread: Spread(compared))
    }
  }

  package func spread(of target: String) -> Spread? { columns.first { $0.target == target }?.spread }
}
