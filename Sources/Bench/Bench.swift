import ArgumentParser
import BenchKit
import CAllocations
import Foundation

/// The command line; everything it does is in BenchKit.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure what the proxy adds to a stream, beside programs you know.",
    subcommands: [Measure.self, Upstream.self, Load.self], defaultSubcommand: Measure.self)
}

struct Upstream: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Be the upstream of a benchmark.", shouldDisplay: false)

  func run() throws { try HelperCommand.upstream() }
}

struct Load: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Be the load generator of a benchmark.", shouldDisplay: false)

  func run() throws { try HelperCommand.load() }
}
