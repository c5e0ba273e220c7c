/// A situation whose cost is measured at every target.
package protocol Scenario: Sendable {
  var name: String { get }
  /// What happens, in a sentence.
  var title: String { get }
  var figures: [Figure] { get }
  /// The figure whose spread at the direct path tells how noisy the machine is.
  var steadyFigure: String { get }
  /// A target that has served before would hide what is measured.
  var needsFreshTarget: Bool { get }
  func serves(_ target: Target) -> Bool
  /// Measures one target once.
  func measure(_ visit: Visit) throws(BenchProblem)
}

extension Scenario {
  var needsFreshTarget: Bool { false }
  func serves(_ target: Target) -> Bool { true }
}

/// How much of everything a run does.
package struct Extent: Sendable {
  package var isQuick: Bool

  func choose<Value>(_ full: Value, quick: Value) -> Value { isQuick ? quick : full }
}

/// One measurement of one target, and what came of it.
package final class Visit {
  let target: RunningTarget
  private let upstream: UpstreamProcess
  private let workplace: Workplace
  private(set) var values: [String: Double] = [:]
  private(set) var series: [String: Latencies] = [:]
  private(set) var problems: [String] = []
  /// CPU time of the load generators, which have ended.
  private(set) var loadTime: Nanoseconds = 0

  init(_ target: RunningTarget, upstream: UpstreamProcess, workplace: Workplace) {
    self.target = target
    self.upstream = upstream
    self.workplace = workplace
  }

  /// Makes the upstream answer by `plan`, then asks in `shape`.
  func load(
    _ shape: LoadPlan.Shape, answers: UpstreamPlan, _ change: (inout LoadPlan) -> Void
  ) throws(BenchProblem) -> LoadReport {
    try upstream.follow(answers)
    var plan = LoadPlan(port: target.port, shape: shape)
    plan.events = answers.events
    plan.watchedProcess = target.pid
    change(&plan)
    let report = try LoadProcess.run(plan, in: workplace)
    loadTime += report.ownCPUTime
    if report.failed > 0 {
      problems.append(
        "\(report.failed) of \(report.failed + report.completed) answers failed: \(report.failures)")
    }
    if !target.isRunning { throw BenchProblem("it ended:\n\(target.lastWords)") }
    return report
  }

  /// Notes what spoils a figure; at a target of ours the run fails.
  func complain(_ problem: String) { problems.append(problem) }

  func record(_ figure: String, _ value: Double?) {
    if let value { values[figure] = value }
  }

  /// Records these percentiles as figures, and the whole for the plots.
  func record(_ name: String, _ latencies: Latencies, _ percentiles: [Double]) {
    for percentile in percentiles {
      record("\(name).\(Figure.name(percentile))", latencies.percentile(percentile))
    }
    series[name] = latencies
  }

  /// CPU time in microseconds for each of `count`; nothing for the direct path.
  func record(_ figure: String, cpuTime: Nanoseconds, per count: Int) {
    guard target.pid != nil, count > 0 else { return }
    record(figure, Double(cpuTime) / 1000 / Double(count))
  }
}
