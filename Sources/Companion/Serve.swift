import ArgumentParser
import Gateway

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run the proxy (the default).")

  @OptionGroup var configuration: ConfigurationOption

  @Option(help: "The address to listen on, instead of server.host.")
  var host: String?

  @Option(help: "The port to listen on, instead of server.port; 0 takes a free one.")
  var port: Int?

  @Option(help: "Serve the pages at /admin/ from this folder, for working on them.")
  var webFiles: String?

  func run() async throws {
    do {
      try await Daemon(
        configurationPath: configuration.config, host: host, port: port, webFiles: webFiles
      ).run()
    } catch let problem as StartupProblem {
      throw Complaint(problem)
    }
  }
}

/// Ends the command with a message and status 1, without the usage text.
struct Complaint: Error, CustomStringConvertible {
  let description: String

  init(_ problem: StartupProblem) { description = problem.description }
}
