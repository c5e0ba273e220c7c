package import Pipeline
package import Stages

/// Everything a configuration file says, checked and with its defaults filled in.
///
/// Each section is declared beside the code that reads it, in `Sections`.
package struct Settings: Sendable, Equatable {
  package var server = Server()
  /// In the order of the file; names are unique.
  package var endpoints: [Endpoint] = []
  package var selection = SelectionOptions()
  package var failover = FailoverOptions()
  package var healthCheck = HealthCheck()
  /// Of endpoints that say nothing else; already part of each endpoint.
  package var timeouts = UpstreamTimeouts()
  package var tagging = Tagging()
  package var logging = Logging()
  package var validation = Validation()
  package var webAdmin = WebAdmin()
  package var i18n = I18n()
  /// What models cost: the file's prices before those that come with the program.
  package var prices = ModelPrices()

  package init() {}

  /// `failover`, with what other sections say about it.
  package var failoverInForce: FailoverOptions {
    var options = failover
    options.line = server.slots
    options.recoveryThreshold = healthCheck.recoveryThreshold
    return options
  }
}

extension Settings {
  /// Reads the sections of the file.
  init(_ root: Mapping) {
    server = root["server"]?.mapping(Server.init) ?? server
    let timeouts = root["timeouts"]?.mapping(GlobalTimeouts.init) ?? GlobalTimeouts()
    healthCheck = timeouts.healthCheck
    self.timeouts = timeouts.upstream
    validation = root["validation"]?.mapping(Validation.init) ?? validation
    var defaults = EndpointDefaults(timeouts: timeouts.upstream)
    defaults.countTokens = root["count_tokens"]
    if validation.pythonJSONFixing.isEnabled {
      defaults.pythonJSONTools = Set(validation.pythonJSONFixing.targetTools)
    }
    endpoints = readEndpoints(root["endpoints"], defaults)
    selection = root["selection"]?.mapping(SelectionOptions.init) ?? selection
    failover = root["failover"]?.mapping(FailoverOptions.init) ?? failover
    tagging = root["tagging"]?.mapping(Tagging.init) ?? tagging
    logging = root["logging"]?.mapping(Logging.init) ?? logging
    webAdmin = root["web_admin"]?.mapping(WebAdmin.init) ?? webAdmin
    i18n = root["i18n"]?.mapping(I18n.init) ?? i18n
    prices = ModelPrices(root["prices"])
    warnAboutSurprises(root)
  }

  /// Says what each section for itself cannot see.
  private func warnAboutSurprises(_ root: Mapping) {
    // Sections with errors were not read as they were meant.
    guard !root.reading.hasErrors else { return }
    if !endpoints.contains(where: \.isEnabled) {
      root.reading.report(
        .warning, at: root["endpoints"]?.place ?? root.place.appending(key: "endpoints"),
        "no endpoint is enabled: every request will be answered with an error")
    }
    if !server.isLocal, server.authToken == nil {
      root.reading.report(
        .warning, at: root["server"]?.place ?? root.place.appending(key: "server"),
        "everybody who can reach \(server.host) can use your endpoints", suggestion: "set server.auth_token")
    }
    let given = Set(tagging.rules.filter { tagging.isEnabled && $0.isEnabled }.map(\.tag))
    for endpoint in endpoints where endpoint.isEnabled {
      for tag in endpoint.tags.subtracting(given).sorted() {
        root.reading.report(
          .warning, at: root["endpoints"]?.place ?? root.place,
          "endpoint \"\(endpoint.name)\" has the tag \"\(tag)\", which no enabled rule gives: it is never asked",
          suggestion: nearestName(to: tag, among: given.sorted()).map { "did you mean \"\($0)\"?" })
      }
    }
  }
}
