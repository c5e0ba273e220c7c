import Settings
import Stages

/// What the program says when it is ready: where it listens, how to use it, which endpoints can serve.
struct StartupText: Sendable {
  let text: String

  init(_ address: ListeningAddress, _ settings: Settings, configurationPath: String) {
    var lines = [
      "Claude Code Companion \(Version.current)",
      "Listening on \(address.url)",
      "Configuration: \(configurationPath)",
      "",
      "Endpoints, in the order they are asked:",
    ]
    lines += settings.endpoints.sorted { $0.priority < $1.priority }.map { Self.line($0) }
    if settings.endpoints.isEmpty { lines.append("  none: add one in \(configurationPath)") }
    if settings.webAdmin.isEnabled { lines += ["", "Pages:  \(address.url)/admin/"] }
    lines += [
      "",
      "Point Claude Code at it:  claude-code-companion run -- claude",
      "or export the variables:  eval \"$(claude-code-companion env)\"",
    ]
    text = lines.joined(separator: "\n")
  }

  private static func line(_ endpoint: Endpoint) -> String {
    let tags = endpoint.tags.isEmpty ? "" : ", only for \(endpoint.tags.sorted().joined(separator: ", "))"
    return "  \(endpoint.priority)  \(endpoint.name)  \(place(of: endpoint))  \(state(of: endpoint))\(tags)"
  }

  private static func place(of endpoint: Endpoint) -> String {
    if case .demo = endpoint.dialect { "built in" } else { endpoint.url }
  }

  private static func state(of endpoint: Endpoint) -> String {
    guard endpoint.isEnabled else { return "disabled" }
    return endpoint.profile.map { "ready, translated for \($0.name)" } ?? "ready"
  }
}
