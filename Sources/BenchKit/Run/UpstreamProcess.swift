import Foundation

/// The upstream as a process of its own.
package final class UpstreamProcess {
  let ports: (first: Int, second: Int)
  private let process: ChildProcess

  package init(in workplace: Workplace) throws(BenchProblem) {
    process = try ChildProcess(
      workplace.bench, ["upstream"], log: workplace.scratch + "/upstream.txt", takesInput: true,
      readsOutput: true)
    let numbers = (process.readLine() ?? "").split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2 else { throw BenchProblem("the upstream did not start") }
    ports = (numbers[0], numbers[1])
  }

  var pid: Int32 { process.pid }

  /// Answers go by `plan` from now on.
  func follow(_ plan: UpstreamPlan) throws(BenchProblem) {
    guard let text = try? JSONEncoder().encode(plan) else { throw BenchProblem("a plan cannot be written") }
    try process.write(String(decoding: text, as: UTF8.self))
    guard process.readLine() == "ready" else { throw BenchProblem("the upstream ended early") }
  }

  package func stop() { process.stop() }
}

/// The load generator, a process for each plan.
enum LoadProcess {
  static func run(_ plan: LoadPlan, in workplace: Workplace) throws(BenchProblem) -> LoadReport {
    let process = try ChildProcess(
      workplace.bench, ["load"], log: workplace.scratch + "/load.txt", takesInput: true, readsOutput: true)
    defer { process.stop() }
    do {
      try process.write(String(decoding: JSONEncoder().encode(plan), as: UTF8.self))
      guard let line = process.readLine() else { throw BenchProblem("the load generator ended early") }
      return try JSONDecoder().decode(LoadReport.self, from: Data(line.utf8))
    } catch {
      throw BenchProblem("the load generator failed: \(error)")
    }
  }
}

/// What the helper processes do when this executable is started as one of them.
package enum HelperCommand {
  /// Serves as the upstream until standard input ends.
  package static func upstream() throws {
    _ = raiseDescriptorLimit()
    try UpstreamServer().run()
  }

  /// Carries out the plan on standard input, and prints its report.
  package static func load() throws {
    _ = raiseDescriptorLimit()
    guard let line = readLine() else { throw BenchProblem("there is no plan") }
    let plan = try JSONDecoder().decode(LoadPlan.self, from: Data(line.utf8))
    let report = try JSONEncoder().encode(try LoadGenerator(plan).run())
    FileHandle.standardOutput.write(report + Data("\n".utf8))
  }
}
