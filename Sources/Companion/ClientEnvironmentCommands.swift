import ArgumentParser
import Gateway

struct Env: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the exports that point Claude Code at this proxy.",
    discussion: "Use it as: eval \"$(claude-code-companion env)\"")

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    for (name, value) in try ClientEnvironment(configurationPath: configuration.config).variables {
      print("export \(name)=\(ClientEnvironment.shellQuoted(value))")
    }
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Start a client with the variables of `env`, for instance: run -- claude")

  @OptionGroup var configuration: ConfigurationOption

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
  var command: [String]

  func run() throws {
    let arguments = Array(command.drop { $0 == "--" })
    guard !arguments.isEmpty else { throw ValidationError("Name the program to start: run -- claude") }
    try ClientEnvironment(configurationPath: configuration.config).replaceProcess(with: arguments)
  }
}
