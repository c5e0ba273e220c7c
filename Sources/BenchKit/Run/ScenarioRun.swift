/// One scenario at all targets, round after round.
struct ScenarioRun {
  let scenario: any Scenario
  let targets: [Target]
  let rounds: Int
  let workplace: Workplace
  let upstream: UpstreamProcess
  let progress: Progress

  private struct Measured {
    var values: [[String: Double]]
    var series: [String: Latencies] = [:]
  }

  /// Visits the targets in an order of its own in each round.
  func run(_ random: inout SeededRandom, _ fleet: Fleet) -> ScenarioResult {
    let served = targets.filter(scenario.serves)
    var measured = served.map { _ in Measured(values: []) }
    var noises: [Noise] = []
    var problems: [ScenarioResult.Problem] = []
    for round in 1...max(1, rounds) {
      for index in served.indices.shuffled(using: &random) {
        let target = served[index]
        progress.say("\(scenario.name)  round \(round)/\(rounds)  \(target.name)")
        // A round that failed keeps its place, so that rounds stay paired.
        measured[index].values += Array(
          repeating: [:], count: max(0, round - 1 - measured[index].values.count))
        do {
          let (visit, noise) = try visit(target, fleet)
          measured[index].values.append(visit.values)
          for (name, latencies) in visit.series {
            measured[index].series[name, default: Latencies()].add(latencies)
          }
          noises.append(noise)
          problems += visit.problems.map { .init(target: target.name, isOurs: target.isOurs, text: $0) }
        } catch {
          problems.append(.init(target: target.name, isOurs: target.isOurs, text: "round \(round): \(error)"))
          fleet.stop(target)
        }
      }
    }
    return result(served, measured, noises, problems)
  }

  private func visit(_ target: Target, _ fleet: Fleet) throws(BenchProblem) -> (Visit, Noise) {
    if scenario.needsFreshTarget { fleet.stop(target) }
    let running = try fleet.start(target)
    defer { if scenario.needsFreshTarget { fleet.stop(target) } }
    let visit = Visit(running, upstream: upstream, workplace: workplace)
    let trees = [ProcessTree.own, ProcessTree(upstream.pid)] + (running.pid.map { [ProcessTree($0)] } ?? [])
    let machine = MachineTime.now
    let ours = trees.reduce(0) { $0 + $1.cpuTime }
    let began = Nanoseconds.now
    try scenario.measure(visit)
    let total = Double(Nanoseconds.now - began) * Double(Machine.cores)
    let later = MachineTime.now
    let spent = trees.reduce(0) { $0 + $1.cpuTime } - ours + visit.loadTime
    var noise = Noise()
    noise.stolen = Double(later.stolen - machine.stolen) / total
    noise.competing = max(0, Double(later.busy - machine.busy - spent) / total)
    return (visit, noise)
  }

  private func result(
    _ served: [Target], _ measured: [Measured], _ noises: [Noise], _ problems: [ScenarioResult.Problem]
  ) -> ScenarioResult {
    let figures = scenario.figures.map { figure in
      FigureResult(
        figure,
        rounds: zip(served, measured).map { target, measured in
          (
            target: target.name,
            values: (0..<rounds).map { round in
              measured.values.indices.contains(round) ? measured.values[round][figure.id] : nil
            }
          )
        })
    }
    var result = ScenarioResult(name: scenario.name, title: scenario.title, figures: figures)
    result.noise.stolen = Spread(noises.map(\.stolen))?.median ?? 0
    result.noise.competing = Spread(noises.map(\.competing))?.median ?? 0
    let steady = figures.first { $0.figure.id == scenario.steadyFigure }?.spread(of: Target.direct.name)
    result.noise.directSpread = steady?.relative ?? 0
    result.problems = problems
    for (target, measured) in zip(served, measured) {
      for (name, latencies) in measured.series.sorted(by: { $0.key < $1.key }) {
        result.series.append(Self.series(name, target, latencies))
      }
    }
    return result
  }

  private static func series(_ name: String, _ target: Target, _ latencies: Latencies)
    -> ScenarioResult.Series
  {
    var percentiles: [String: Double] = [:]
    for percentile in [50, 75, 90, 95, 99, 99.9] {
      percentiles[Figure.name(percentile)] = latencies.percentile(percentile)
    }
    return .init(name: name, target: target.name, percentiles: percentiles)
  }
}
