import Foundation

/// Something a stream can go through on its way from the upstream to the load generator.
package struct Target: Sendable, Hashable {
  package let name: String
  /// The program; looked for on PATH, or where `override` says. Nil for no program at all.
  let program: String?
  /// An environment variable that says where the program is.
  var override: String?
  /// The template of its configuration in `benchmarks/peers`.
  var template = ""
  /// `{{CONFIG}}` and the other placeholders of the templates are filled in.
  var arguments: [String] = []
  var environment: [String: String] = [:]
  /// How to get it.
  package var installation = ""
  /// How long it may take until it listens.
  var patience: Nanoseconds = .seconds(20)
  /// Ours: it asks the second endpoint when the first one breaks.
  package var isOurs = false

  package static let direct = Target(name: "direct", program: nil)

  package static let nginx = Target(
    name: "nginx", program: "nginx", template: "nginx.conf",
    arguments: ["-p", "{{DIRECTORY}}", "-e", "stderr", "-c", "{{CONFIG}}"],
    installation: "apt install nginx-light, or brew install nginx")

  package static let haproxy = Target(
    name: "haproxy", program: "haproxy", template: "haproxy.cfg", arguments: ["-db", "-f", "{{CONFIG}}"],
    installation: "apt install haproxy, or brew install haproxy")

  package static let litellm = Target(
    name: "litellm", program: "litellm", override: "LITELLM", template: "litellm.yaml",
    arguments: ["--config", "{{CONFIG}}", "--host", "127.0.0.1", "--port", "{{PORT}}", "--num_workers", "1"],
    environment: [
      "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_TELEMETRY": "False",
      // It listens on this machine alone, and for the time of a run.
      "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
    ],
    installation: """
      python3 -m venv ~/litellm && ~/litellm/bin/pip install 'litellm[proxy]', then LITELLM=~/litellm/bin/litellm
      """,
    patience: .seconds(90))

  package static let companion = ours("companion", template: "companion.yaml")
  package static let companionNoLog = ours("companion-nolog", template: "companion-nolog.yaml")

  /// The endpoint is an OpenAI-compatible one, so request and answer are translated.
  package static let companionTranslating = ours("companion-openai", template: "companion-openai.yaml")

  package static let all = [
    direct, nginx, haproxy, litellm, companion, companionNoLog, companionTranslating,
  ]

  private static func ours(_ name: String, template: String) -> Target {
    Target(
      name: name, program: "", template: template,
      arguments: ["serve", "--config", "{{CONFIG}}", "--port", "{{PORT}}"], isOurs: true)
  }

  /// The path of its program; empty for none, nil when it is not installed.
  package func executable(in workplace: Workplace) -> String? {
    guard let program else { return "" }
    if isOurs { return workplace.proxy }
    let environment = ProcessInfo.processInfo.environment
    if let override, let path = environment[override] {
      return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
    // Servers live where an ordinary user's PATH does not go.
    let folders =
      (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
    return folders.map { $0 + "/" + program }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
