import ArgumentParser
import BenchKit
import CAllocations
import Foundation

struct Measure: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure (the default).",
    discussion: "Built without optimisation it builds everything for release first, and measures that.")

  @Argument(help: "\(BenchRun.scenarioNames.joined(separator: ", ")); all when none is named.")
  var scenarios: [String] = []

  @Flag(help: "A little of everything within a minute: shows that it works, not how fast.")
  var quick = false

  @Option(help: "How often each target is visited (5, or 1 with --quick).")
  var rounds: Int?

  @Option(
    help: "\(Target.all.map(\.name).joined(separator: ",")): those that are installed when none is named.")
  var targets: String?

  @Option(help: "Where to write results.json, table.md and the plots, instead of benchmarks/results/<date>.")
  var output: String?

  @Option(help: "The proxy's program, taken as it is: nothing is built.")
  var proxy: String?

  @Option(help: "The order of the targets follows from it.")
  var seed: UInt64 = 1

  @Flag(help: "Put the results into benchmarks/README.md.")
  var publish = false

  func validate() throws {
    let unknown = scenarios.filter { !BenchRun.scenarioNames.contains($0) }
    guard unknown.isEmpty else {
      throw ValidationError("There is no scenario \(unknown.joined(separator: ", ")).")
    }
    guard (rounds ?? 1) > 0 else { throw ValidationError("At least one round is needed.") }
    _ = try chosenTargets()
  }

  func run() async throws {
    let workplace = try Workplace(proxy: proxyProgram())
    defer { workplace.remove() }
    let signals = SignalWatch { workplace.remove() }
    defer { withExtendedLifetime(signals) {} }
    _ = raiseDescriptorLimit()

    let result = try await benchRun().run(in: workplace) {
      let count = callocations_of_this_thread()
      return count < 0 ? nil : count
    }
    let files = ResultFiles(result)
    let directory = output ?? files.directory(root: workplace.root)
    try files.write(to: directory)
    if publish { try files.publish(from: directory, root: workplace.root) }
    print(Report(result).text)
    print("Wrote \(directory)")
    guard result.isSound else { throw ExitCode(1) }
  }

  private func benchRun() throws -> BenchRun {
    var run = BenchRun()
    if !scenarios.isEmpty { run.scenarios = scenarios }
    run.targets = try chosenTargets()
    run.rounds = rounds ?? (quick ? 1 : 5)
    run.seed = seed
    run.isQuick = quick
    run.build = Self.isDebug ? "debug" : "release"
    return run
  }

  private func chosenTargets() throws -> [Target] {
    guard let targets else { return Target.all }
    return try targets.split(separator: ",").map { name in
      guard let target = Target.all.first(where: { $0.name == name }) else {
        throw ValidationError("There is no target \(name).")
      }
      return target
    }
  }

  /// The program to measure. Does not return when this program itself has to be another one for that.
  private func proxyProgram() throws -> String {
    if let proxy { return proxy }
    let root = try Workplace.findRoot()
    guard Self.isDebug else {
      return try ReleaseBuild.make(["claude-code-companion"], root: root) + "/claude-code-companion"
    }
    print("This is a debug build; the release build is what counts.")
    let folder = try ReleaseBuild.make(["claude-code-companion", "Bench"], root: root)
    try ReleaseBuild.become(folder + "/Bench", Array(CommandLine.arguments.dropFirst()))
  }

  private static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}
