import ArgumentParser
import Gateway

struct Logs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read the journal of requests.", subcommands: [List.self, Show.self, Export.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List requests, newest first.")

    @OptionGroup var configuration: ConfigurationOption

    @Option(help: "How many at most.")
    var limit = 20

    @Option(help: "Only those this endpoint had an attempt at.")
    var endpoint: String?

    @Option(help: "Only those of this session.")
    var session: String?

    @Option(help: "Only those for this model; * and ? are wildcards.")
    var model: String?

    @Flag(help: "Only those whose client got a failure.")
    var failed = false

    @Flag(help: "One JSON array instead of a table.")
    var json = false

    func run() throws {
      let view = try JournalView(configurationPath: configuration.config)
      var query = JournalView.Query(limit: limit)
      query.endpoint = endpoint
      query.session = session
      query.model = model
      query.failedOnly = failed
      print(try json ? view.listJSON(query) : view.list(query))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one request with its attempts and bodies.")

    @OptionGroup var configuration: ConfigurationOption

    @Argument(help: "The id of the request, or how it begins.")
    var id: String

    @Option(
      help: """
        Print one body as it is instead: request, response, request-N or response-N of attempt N.
        """)
    var body: String?

    func run() throws {
      let view = try JournalView(configurationPath: configuration.config)
      if let body {
        try view.writeBody(id, body)
      } else {
        print(try view.show(id))
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write requests into a zip file, secrets removed.")

    @OptionGroup var configuration: ConfigurationOption

    @Argument(help: "The ids of the requests, or how they begin.")
    var ids: [String]

    @Option(name: .shortAndLong, help: "The file to write.")
    var output = "requests.zip"

    func run() throws {
      try JournalView(configurationPath: configuration.config).export(ids, to: output)
      print("Wrote \(output)")
    }
  }
}
