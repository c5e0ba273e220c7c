import Pipeline

extension Settings {
  /// How a benched endpoint is tried again.
  package struct HealthCheck: Sendable, Equatable {
    /// The whole probe.
    package var timeout: Duration = .seconds(30)
    /// Between two probes of one endpoint.
    package var interval: Duration = .seconds(30)
    /// Successful probes in a row that bring an endpoint back.
    package var recoveryThreshold = 1

    package init() {}
  }
}

/// The section `timeouts`: limits of all endpoints, and of the health check.
///
/// The older form has the same keys in `proxy` and `health_check`; the flat ones win. 0 is no limit.
struct GlobalTimeouts {
  var upstream = UpstreamTimeouts()
  var healthCheck = Settings.HealthCheck()

  init(upstream: UpstreamTimeouts = UpstreamTimeouts(), healthCheck: Settings.HealthCheck = .init()) {
    (self.upstream, self.healthCheck) = (upstream, healthCheck)
  }

  init(_ map: Mapping) {
    map["proxy"]?.mapping { readUpstream($0) }
    map["health_check"]?.mapping { readOlderHealthCheck($0) }
    readUpstream(map)
    upstream.progress = map["progress"]?.limit() ?? upstream.progress
    healthCheck.timeout = map["health_check_timeout"]?.limit() ?? healthCheck.timeout
    readProbing(map)
  }

  private mutating func readUpstream(_ map: Mapping) {
    upstream.connect = map["tls_handshake"]?.limit() ?? upstream.connect
    upstream.firstByte = map["response_header"]?.limit() ?? upstream.firstByte
    upstream.idle = map["idle_connection"]?.limit() ?? upstream.idle
    if let total = map["overall_request"]?.duration() { upstream.total = total == .zero ? nil : total }
  }

  private mutating func readProbing(_ map: Mapping) {
    let interval = map["check_interval"]?.duration(in: .milliseconds(100) ... .unlimited)
    healthCheck.interval = interval ?? healthCheck.interval
    healthCheck.recoveryThreshold =
      map["recovery_threshold"]?.integer(in: 1...1000) ?? healthCheck.recoveryThreshold
  }

  private mutating func readOlderHealthCheck(_ map: Mapping) {
    healthCheck.timeout = map["overall_request"]?.limit() ?? healthCheck.timeout
    readProbing(map)
    for key in ["tls_handshake", "response_header", "idle_connection"] {
      map.ignore(key, because: "probes use the endpoint's own timeouts within overall_request")
    }
  }
}

extension UpstreamTimeouts {
  /// Reads `endpoints[].timeouts` over the limits of all endpoints.
  init(_ map: Mapping, over base: UpstreamTimeouts) {
    self = base
    connect = map["connect"]?.limit() ?? connect
    firstByte = map["first_byte"]?.limit() ?? firstByte
    idle = map["idle"]?.limit() ?? idle
    progress = map["progress"]?.limit() ?? progress
    if let total = map["total"]?.duration() { self.total = total == .zero ? nil : total }
  }

  func outline(_ out: inout Outline) {
    out.duration("connect", connect)
    out.duration("first_byte", firstByte)
    out.duration("idle", idle)
    out.duration("progress", progress)
    out.duration("total", total ?? .zero)
  }
}

extension GlobalTimeouts {
  func outline(_ out: inout Outline) {
    out.duration("tls_handshake", upstream.connect)
    out.duration("response_header", upstream.firstByte)
    out.duration("idle_connection", upstream.idle)
    out.duration("progress", upstream.progress)
    out.duration("overall_request", upstream.total ?? .zero)
    healthCheck.outline(&out)
  }
}

extension Settings.HealthCheck {
  func outline(_ out: inout Outline) {
    out.duration("health_check_timeout", timeout)
    out.duration("check_interval", interval)
    out.plain("recovery_threshold", recoveryThreshold)
  }
}
