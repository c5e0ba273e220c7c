/// One line of the table that says whether the proxy is fast enough.
package struct Verdict: Codable, Sendable, Equatable {
  package enum Outcome: String, Codable, Sendable {
    case goalMet = "goal met"
    case mustMet = "must met"
    case missed
    case tooNoisy = "too noisy to trust"
    case onlyQuick = "a quick run says nothing"
    case unknown = "not measured"
  }

  package var title: String
  package var unit: String
  package var nginx: Double?
  package var ours: Double?
  package var must: String
  package var goal: String
  package var outcome: Outcome

  package var ratio: Double? {
    if let nginx, let ours, nginx > 0 { ours / nginx } else { nil }
  }
}

/// A figure and the bounds it is held to.
package struct Criterion: Sendable {
  enum Bound: Sendable {
    case atMost(Double)
    /// So many times what nginx has in the same run.
    case timesNginx(Double)

    func text(_ unit: String) -> String {
      switch self {
      case .atMost(let limit): "≤ \(Number.text(limit)) \(unit)"
      case .timesNginx(let factor): "≤ \(Number.text(factor)) × nginx"
      }
    }
  }

  var title: String
  var scenario: String
  var figure: String
  var must: Bound
  var goal: Bound
  /// The column that stands for ours.
  var column = Target.companion.name
  /// Has to be zero, too, for the goal.
  var alsoZero: String?

  private static let all = [
    Criterion(
      title: "added time to first token, 1 stream, p50", scenario: "overhead", figure: "first-token-1.p50",
      must: .atMost(250), goal: .atMost(150)),
    Criterion(
      title: "added time to first token, 1 stream, p99", scenario: "overhead", figure: "first-token-1.p99",
      must: .atMost(400), goal: .atMost(300)),
    Criterion(
      title: "added latency per event, 1 stream, p50", scenario: "overhead", figure: "event-1.p50",
      must: .timesNginx(3.5), goal: .timesNginx(1.5)),
    Criterion(
      title: "added time to first token, 50 streams, p50", scenario: "overhead", figure: "first-token-50.p50",
      must: .timesNginx(2), goal: .timesNginx(1.25)),
    Criterion(
      title: "CPU per individually delivered event", scenario: "paced", figure: "cpu-per-event",
      must: .timesNginx(2), goal: .timesNginx(1.25)),
    Criterion(
      title: "CPU per small request", scenario: "requests", figure: "cpu-per-request",
      must: .timesNginx(4), goal: .timesNginx(2)),
    Criterion(
      title: "memory per idle stream", scenario: "idle", figure: "memory-5000", must: .atMost(48),
      goal: .atMost(32)),
    Criterion(
      title: "fused stage chain per event", scenario: "stages", figure: "chain.time", must: .atMost(600),
      goal: .atMost(300), column: StageBench.oneEventPerRead, alsoZero: "chain.allocations"),
  ]

  /// How a run stands against those criteria whose scenarios it has.
  package static func verdicts(on run: RunResult) -> [Verdict] {
    all.filter { criterion in run.scenarios.contains { $0.name == criterion.scenario } }.map {
      $0.verdict(on: run)
    }
  }

  private func verdict(on run: RunResult) -> Verdict {
    let result = run.figure(figure, of: scenario)
    let unit = result?.figure.unit ?? ""
    var verdict = Verdict(
      title: title, unit: unit, nginx: result?.spread(of: Target.nginx.name)?.median,
      ours: result?.spread(of: column)?.median, must: must.text(unit),
      goal: goal.text(unit) + (alsoZero == nil ? "" : ", no allocation"), outcome: .unknown)
    let noise = run.scenarios.first { $0.name == scenario }?.noise.complaint
    let extra = alsoZero.flatMap { run.figure($0, of: scenario)?.spread(of: column)?.median } ?? 0
    if verdict.ours == nil {
      verdict.outcome = .unknown
    } else if run.isQuick {
      verdict.outcome = .onlyQuick
    } else if noise != nil {
      verdict.outcome = .tooNoisy
    } else if let isMet = holds(goal, verdict), isMet, extra < 0.01 {
      verdict.outcome = .goalMet
    } else if let isMet = holds(must, verdict) {
      verdict.outcome = isMet ? .mustMet : .missed
    }
    return verdict
  }

  private func holds(_ bound: Bound, _ verdict: Verdict) -> Bool? {
    guard let ours = verdict.ours else { return nil }
    switch bound {
    case .atMost(let limit): return ours <= limit
    case .timesNginx(let factor): return verdict.nginx.map { ours <= factor * $0 }
    }
  }
}
