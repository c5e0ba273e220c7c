import Foundation

/// A whole run: the scenarios that were asked for, at the targets that are there.
package struct BenchRun: Sendable {
  package static let scenarioNames = scenarios(Extent(isQuick: false)).map(\.name) + ["stages"]

  package var scenarios: [String] = BenchRun.scenarioNames
  package var targets: [Target] = Target.all
  package var rounds = 5
  package var seed: UInt64 = 1
  package var isQuick = false
  /// `release` or `debug`.
  package var build = "release"

  package init() {}

  private static func scenarios(_ extent: Extent) -> [any Scenario] {
    [
      Overhead(extent: extent), Paced(extent: extent), Flood(extent: extent), Requests(extent: extent),
      Idle(extent: extent), Bodies(extent: extent), Failover(extent: extent),
    ]
  }

  /// Measures, and ends every process it started, whatever happens.
  package func run(
    in workplace: Workplace, allocations: @escaping @Sendable () -> Int?
  ) async throws -> RunResult {
    var result = RunResult(
      date: Date.now.formatted(.iso8601), commit: Machine.commit(root: workplace.root),
      machine: Machine.summary,
      build: build, seed: seed, rounds: rounds, isQuick: isQuick)
    let progress = Progress()
    defer { progress.end() }
    let present = targets.filter { $0.executable(in: workplace) != nil }
    for target in targets where !present.contains(target) {
      result.missing[target.name] = target.installation
    }

    try measure(present, in: workplace, progress, &result)
    if scenarios.contains("stages") {
      progress.say("stages")
      var bench = try StageBench(
        extent: Extent(isQuick: isQuick), directory: workplace.scratch + "/stages", allocations: allocations)
      result.scenarios.append(try await bench.run())
    }
    result.verdict = Criterion.verdicts(on: result)
    return result
  }

  private func measure(
    _ targets: [Target], in workplace: Workplace, _ progress: Progress, _ result: inout RunResult
  ) throws {
    let chosen = Self.scenarios(Extent(isQuick: isQuick)).filter { scenarios.contains($0.name) }
    guard !chosen.isEmpty else { return }
    let upstream = try UpstreamProcess(in: workplace)
    defer { upstream.stop() }
    let fleet = Fleet(upstream: upstream, workplace: workplace)
    defer { fleet.stopAll() }
    var random = SeededRandom(seed: seed)
    for scenario in chosen {
      let run = ScenarioRun(
        scenario: scenario, targets: targets, rounds: rounds, workplace: workplace, upstream: upstream,
        progress: progress)
      result.scenarios.append(run.run(&random, fleet))
    }
  }
}
