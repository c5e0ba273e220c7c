import Foundation

/// What a run found, as it is written to results.json.
package struct RunResult: Codable, Sendable {
  package var date: String
  package var commit: String
  package var machine: String
  /// `release` or `debug`: how the proxy was built.
  package var build: String
  package var seed: UInt64
  package var rounds: Int
  package var isQuick: Bool
  package var scenarios: [ScenarioResult] = []
  package var verdict: [Verdict] = []
  /// Targets that were wanted and are not installed, with how to get them.
  package var missing: [String: String] = [:]

  package init(
    date: String, commit: String, machine: String, build: String, seed: UInt64, rounds: Int, isQuick: Bool
  ) {
    self.date = date
    self.commit = commit
    self.machine = machine
    self.build = build
    self.seed = seed
    self.rounds = rounds
    self.isQuick = isQuick
  }

  package func figure(_ id: String, of scenario: String) -> FigureResult? {
    scenarios.first { $0.name == scenario }?.figures.first { $0.figure.id == id }
  }

  /// Whether everything ran: all answers whole at the targets that are ours.
  package var isSound: Bool { scenarios.allSatisfy { $0.problems.filter(\.isOurs).isEmpty } }
}

/// What one scenario found.
package struct ScenarioResult: Codable, Sendable {
  package struct Problem: Codable, Sendable {
    package var target: String
    package var isOurs: Bool
    package var text: String
  }

  /// The latencies of all rounds together.
  package struct Series: Codable, Sendable {
    package var name: String
    package var target: String
    /// Percentile → microseconds.
    package var percentiles: [String: Double]
  }

  package var name: String
  package var title: String
  package var figures: [FigureResult]
  package var series: [Series] = []
  package var noise = Noise()
  package var problems: [Problem] = []

  package init(name: String, title: String, figures: [FigureResult]) {
    self.name = name
    self.title = title
    self.figures = figures
  }
}

/// How quiet the machine was.
package struct Noise: Codable, Sendable, Equatable {
  /// Shares of all cores' time: taken by other machines on the host, and by processes that are not measured.
  package var stolen = 0.0
  package var competing = 0.0
  /// The interquartile range of the direct path's own rounds, as a share of their median.
  package var directSpread = 0.0

  package init() {}

  /// Why the scenario's figures are not to be trusted; nil when they are.
  package var complaint: String? {
    var reasons: [String] = []
    if stolen > 0.03 {
      reasons.append("\(Self.percent(stolen)) of the CPU went to other machines of the host")
    }
    if competing > 0.1 { reasons.append("other processes took \(Self.percent(competing)) of the CPU") }
    if directSpread > 0.35 {
      reasons.append("the direct path itself varies by \(Self.percent(directSpread)) between rounds")
    }
    return reasons.isEmpty ? nil : "too noisy to trust: " + reasons.joined(separator: ", ")
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
