import ArgumentParser
import Gateway

/// The command line. Everything it does is in Gateway and below.
@main
struct Companion: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claude-code-companion",
    abstract: "A streaming failover proxy between Claude Code and the endpoints you pay for.",
    version: Version.current,
    subcommands: [Serve.self, Check.self, Env.self, Run.self, Logs.self, AdminPassword.self],
    defaultSubcommand: Serve.self)
}

/// Where the configuration is.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: [.long, .customShort("c"), .customLong("config", withSingleDash: true)],
    help: "The configuration file; written with comments if it does not exist.")
  var config = "config.yaml"
}
