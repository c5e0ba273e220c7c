import ArgumentParser
import Gateway
import Settings

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Check the configuration and say what is wrong.")

  @OptionGroup var configuration: ConfigurationOption

  @Flag(help: "Also print the settings in force, without secrets.")
  var show = false

  func run() throws {
    let report = ConfigurationReport(path: configuration.config)
    for line in report.lines { print(line) }
    if show, let dump = report.dump { print(dump) }
    if !report.isUsable { throw ExitCode(1) }
  }
}
