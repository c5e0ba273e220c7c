import Pipeline
import Settings
import Stages
import Testing

/// Keys of our own, and what the sections say beyond errors.
@Suite struct SectionTests {
  private func endpoint(_ keys: String) throws -> (endpoint: Endpoint, notices: [String]) {
    let loaded = try load("endpoints:\n- {name: a, \(keys)}")
    return (try #require(loaded.settings.endpoints.first), loaded.notices.map(\.description))
  }

  @Test func `without keys everything has its default`() throws {
    let settings = try load("endpoints: [{name: demo, endpoint_type: demo}]").settings
    var expected = Settings()
    expected.endpoints = [Endpoint(name: "demo", url: "demo:")]
    expected.endpoints[0].dialect = .demo(DemoScript())
    #expect(settings == expected)
  }

  @Test func `the server's limits are read`() throws {
    let server = try load(
      """
      endpoints: [{name: demo, endpoint_type: demo}]
      server: {host: localhost, port: 0, body_limit: 10 MB, header_limit: 32KiB, header_timeout: 5,
        body_timeout: 1m, write_timeout: 0, keep_alive_timeout: 90s, drain_limit: 0s}
      """
    ).settings.server
    var expected = Settings.Server()
    expected.host = "localhost"
    expected.port = 0
    expected.bodyLimit = 10_000_000
    expected.headerLimit = 32_768
    expected.headerTimeout = .seconds(5)
    expected.bodyTimeout = .seconds(60)
    expected.writeTimeout = .seconds(365 * 24 * 3600)
    expected.keepAliveTimeout = .seconds(90)
    expected.drainLimit = .zero
    #expect(server == expected)
  }

  @Test func `selection and failover are read`() throws {
    let settings = try load(
      """
      endpoints: [{name: demo, endpoint_type: demo}]
      selection: {strategy: least_latency, session_affinity: no}
      failover: {commit: complete, hold_thinking: yes, ping_interval: 10s, tries_per_endpoint: 3,
        switch_on_client_errors: true, bench_window: 2m, bench_time: 30s, maximum_retry_after: 5m,
        back_off: 1s, budget: 2m, rules: [
          {status: [400, 5xx, 520-529], error_type: overloaded_*, body: "gone|lunch", action: switch},
          {endpoint: relay, action: bench, for: 10m}, {body: x, action: retry},
          {body: y, action: pass_through}]}
      """
    ).settings
    #expect(settings.selection.strategy == .leastLatency)
    #expect(!settings.selection.sessionAffinity)
    var failover = FailoverOptions()
    failover.commit = .complete
    failover.holdThinking = true
    failover.pingInterval = .seconds(10)
    failover.triesPerEndpoint = 3
    failover.switchOnClientErrors = true
    failover.benchWindow = .seconds(120)
    failover.benchTime = .seconds(30)
    failover.maximumRetryAfter = .seconds(300)
    failover.backOff = .seconds(1)
    failover.budget = .seconds(120)
    var gone = FailureRule(action: .switchEndpoint)
    gone.statuses = [400...400, 500...599, 520...529]
    gone.errorType = "overloaded_*"
    gone.body = "gone|lunch"
    var relay = FailureRule(action: .bench(.seconds(600)))
    relay.endpoint = "relay"
    var again = FailureRule(action: .retry)
    again.body = "x"
    var shown = FailureRule(action: .passThrough)
    shown.body = "y"
    failover.rules = [gone, relay, again, shown]
    #expect(settings.failover == failover)
  }

  @Test func `limits, resuming and hedging are read, and shown again`() throws {
    let loaded = try load(
      """
      server: {memory_limit: 2 MiB, max_concurrent: 7, max_waiting: 3, waiting_limit: 4s}
      endpoints: [{name: demo, endpoint_type: demo, max_concurrent: 2}, {name: free, endpoint_type: demo,
        max_concurrent: 0}]
      failover: {resume: text, hedge_after: 9s, slow_start: 20s}
      timeouts: {recovery_threshold: 3, check_interval: 5s}
      """
    ).settings
    #expect(loaded.server.memoryLimit == 2 << 20 && loaded.server.slots.concurrent == 7)
    #expect(loaded.server.slots.waiting == 3 && loaded.server.slots.patience == .seconds(4))
    #expect(loaded.endpoints.map(\.maxConcurrent) == [2, nil])
    #expect(loaded.failover.resume == .text && loaded.failover.hedgeAfter == .seconds(9))
    #expect(loaded.failover.slowStart == .seconds(20))
    let inForce = loaded.failoverInForce
    #expect(inForce.line == loaded.server.slots && inForce.recoveryThreshold == 3)
    #expect(try load(loaded.redactedText).settings == loaded)
    let unlimited = try load("{server: {max_concurrent: 0}, endpoints: [{name: demo, endpoint_type: demo}]}")
    #expect(unlimited.settings.server.slots.concurrent == nil)
    #expect(try load(unlimited.settings.redactedText).settings == unlimited.settings)
  }

  @Test func `the journal's policies are read`() throws {
    let logging = try load(
      """
      endpoints: [{name: demo, endpoint_type: demo}]
      logging: {format: json, log_request_body: none, log_response_body: truncated, truncate_bytes: 4096,
        retention_days: 0, retention_bytes: 500MiB}
      """
    ).settings.logging
    #expect(logging.format == .json)
    #expect(logging.requestBody == .none)
    #expect(logging.responseBody == .truncated(limit: 4096))
    #expect(logging.retentionDays == nil)
    #expect(logging.retentionBytes == 500 << 20)
  }

  @Test func `an endpoint's own timeouts win over the global ones`() throws {
    let settings = try load(
      """
      timeouts: {tls_handshake: 4s, progress: 2m}
      endpoints:
      - {name: a, endpoint_type: demo, timeouts: {first_byte: 7s, total: 10m}}
      """
    ).settings
    let timeouts = try #require(settings.endpoints.first?.timeouts)
    #expect(timeouts.connect == .seconds(4))
    #expect(timeouts.firstByte == .seconds(7))
    #expect(timeouts.idle == .seconds(90))
    #expect(timeouts.progress == .seconds(120))
    #expect(timeouts.total == .seconds(600))
  }

  @Test(arguments: [
    ("https://a.test", "https://a.test", false), ("https://a.test/", "https://a.test", false),
    ("https://a.test/v1", "https://a.test", true), ("https://a.test/api/v1//", "https://a.test/api", true),
    ("HTTPS://a.test/v1beta", "https://a.test/v1beta", false), ("http://v1", "http://v1", false),
    ("http://[::1]:8080/x", "http://[::1]:8080/x", false),
  ])
  func `slashes and v1 at the end of a url are trimmed`(_ given: String, _ kept: String, _ warns: Bool) throws
  {
    let (endpoint, notices) = try endpoint("url: \"\(given)\", auth_type: none")
    #expect(endpoint.url == kept)
    #expect(
      notices
        == (warns
          ? [
            "config.yaml:2:13: endpoints[0].url: the trailing /v1 is left out: the paths of requests start with it"
          ]
          : []))
  }

  @Test(arguments: [
    ("https://a.test", "/v1/chat/completions", "https://a.test/v1/chat/completions"),
    ("https://a.test/", "v1/chat/completions", "https://a.test/v1/chat/completions"),
    ("https://a.test/v1", "/v1/chat/completions", "https://a.test/v1/chat/completions"),
    ("https://a.test/v1", "/chat/completions", "https://a.test/v1/chat/completions"),
    ("https://a.test", "", "https://a.test/v1/chat/completions"),
    ("https://a.test/v1", "", "https://a.test/v1/chat/completions"),
    ("https://a.test/v1/chat/completions", "", "https://a.test/v1/chat/completions"),
  ])
  func `a compatible endpoint's url and path make its address`(
    _ url: String, _ prefix: String, _ address: String
  ) throws {
    let (endpoint, _) = try endpoint(
      "endpoint_type: openai, auth_type: none, url: \"\(url)\", path_prefix: \"\(prefix)\"")
    #expect(endpoint.url + endpoint.pathPrefix == address)
  }

  @Test(arguments: ["https://api.anthropic.com", "https://API.anthropic.com:443/v1/"])
  func `the client's own credential may go to Anthropic`(_ url: String) throws {
    #expect(try endpoint("url: \"\(url)\", auth_type: forward_client").endpoint.credential == .forwardClient)
  }

  @Test func `a demo endpoint breaks on purpose`() throws {
    let (endpoint, _) = try endpoint(
      "endpoint_type: demo, weight: 3, demo: {fault: cut_inside_tool, after_events: 7, event_delay: 1ms, text: hi}"
    )
    var script = DemoScript()
    script.fault = .cutInsideTool
    script.afterEvents = 7
    script.eventDelay = .milliseconds(1)
    script.text = "hi"
    #expect(endpoint.dialect == .demo(script))
    #expect(endpoint.weight == 3)
  }

  @Test func `rules that are not enabled are mentioned, implicit rewriting is opt-in`() throws {
    let (endpoint, notices) = try endpoint(
      "endpoint_type: demo, model_rewrite: {implicit: true, rules: [{source_pattern: a, target_model: b}]}")
    #expect(endpoint.modelRewrite.isImplicit && !endpoint.modelRewrite.isEnabled)
    #expect(
      notices == [
        "config.yaml:2:66: endpoints[0].model_rewrite.rules: the rules do nothing (add enabled: true)"
      ])
  }

  @Test func `tags nobody gives and doors left open are mentioned`() {
    #expect(
      diagnostics(
        """
        server: {host: 0.0.0.0}
        endpoints: [{name: a, endpoint_type: demo, tags: [fsat, slow]}]
        tagging:
          taggers:
          - {name: n, tag: fast, type: builtin, builtin_type: thinking}
          - {name: n, tag: slow, enabled: false, type: builtin, builtin_type: thinking}
        """) == [
          "config.yaml:1:1: server: everybody who can reach 0.0.0.0 can use your endpoints"
            + " (set server.auth_token)",
          "config.yaml:2:1: endpoints: endpoint \"a\" has the tag \"fsat\", which no enabled rule gives:"
            + " it is never asked (did you mean \"fast\"?)",
          "config.yaml:2:1: endpoints: endpoint \"a\" has the tag \"slow\", which no enabled rule gives:"
            + " it is never asked",
        ])
  }

  @Test func `anchors and merge keys work`() throws {
    let settings = try load(
      """
      endpoints:
      - &base {name: a, url: "https://a.test", auth_type: api_key, auth_value: k, priority: 1}
      - {<<: *base, name: b, priority: 2}
      """
    ).settings
    #expect(settings.endpoints.map(\.name) == ["a", "b"])
    #expect(settings.endpoints.map(\.priority) == [1, 2])
    #expect(settings.endpoints.map(\.credential) == [.apiKey(Secret("k")), .apiKey(Secret("k"))])
  }
}
