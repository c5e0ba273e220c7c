package import Pipeline

extension Settings {
  /// Where the proxy listens, and what it puts up with from a client.
  package struct Server: Sendable, Equatable {
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var port = 8080
    /// What a client must show as `x-api-key` or bearer token; nil lets everybody in.
    package var authToken: Secret?
    /// How to prove who this is; nil for plain HTTP.
    package var tls: TLS?
    /// Bytes of a request body after its content encoding was removed.
    package var bodyLimit = 64 << 20
    /// Bytes of all request bodies that are held at once.
    package var memoryLimit = 1 << 30
    /// Requests that are served at once; the line for all limits of this kind.
    package var slots = Slots.Limits(concurrent: 10_000)
    /// Bytes of a request's head.
    package var headerLimit = 64 << 10
    /// From the first byte of a request to the end of its head.
    package var headerTimeout: Duration = .seconds(10)
    /// Between two reads of a request body.
    package var bodyTimeout: Duration = .seconds(30)
    /// How long a client may read nothing while bytes wait for it.
    package var writeTimeout: Duration = .seconds(300)
    /// Between two requests on one connection.
    package var keepAliveTimeout: Duration = .seconds(300)
    /// How long running streams may go on after the signal to stop.
    package var drainLimit: Duration = .seconds(30)

    package init() {}

    /// The files of the server's own certificate, in PEM.
    package struct TLS: Sendable, Equatable {
      /// The certificate and those between it and a root, in this order.
      package var certificate: String
      package var key: String

      package init(certificate: String, key: String) {
        (self.certificate, self.key) = (certificate, key)
      }
    }

    /// Only this machine can connect.
    package var isLocal: Bool {
      host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }
  }
}

extension Settings.Server {
  init(_ map: Mapping) {
    host = map["host"]?.filledText() ?? host
    port = map["port"]?.integer(in: 0...65535) ?? port
    authToken = map["auth_token"]?.secretText().map(Secret.init)
    tls = map["tls"]?.mapping(TLS.init)
    bodyLimit = map["body_limit"]?.byteCount(in: 1024...(1 << 40)) ?? bodyLimit
    memoryLimit = map["memory_limit"]?.byteCount(in: 1024...(1 << 40)) ?? memoryLimit
    if let concurrent = map["max_concurrent"]?.integer(in: 0...1_000_000) {
      slots.concurrent = concurrent == 0 ? nil : concurrent
    }
    slots.waiting = map["max_waiting"]?.integer(in: 0...1_000_000) ?? slots.waiting
    slots.patience = map["waiting_limit"]?.duration() ?? slots.patience
    headerLimit = map["header_limit"]?.byteCount(in: 1024...(1 << 30)) ?? headerLimit
    headerTimeout = map["header_timeout"]?.limit() ?? headerTimeout
    bodyTimeout = map["body_timeout"]?.limit() ?? bodyTimeout
    writeTimeout = map["write_timeout"]?.limit() ?? writeTimeout
    keepAliveTimeout = map["keep_alive_timeout"]?.limit() ?? keepAliveTimeout
    drainLimit = map["drain_limit"]?.duration() ?? drainLimit
  }

  func outline(_ out: inout Outline) {
    out.text("host", host)
    out.plain("port", port)
    out.secret("auth_token", authToken)
    if let tls { out.section("tls") { tls.outline(&$0) } }
    out.plain("body_limit", bodyLimit)
    out.plain("memory_limit", memoryLimit)
    out.plain("max_concurrent", slots.concurrent ?? 0)
    out.plain("max_waiting", slots.waiting)
    out.duration("waiting_limit", slots.patience)
    out.plain("header_limit", headerLimit)
    out.duration("header_timeout", headerTimeout)
    out.duration("body_timeout", bodyTimeout)
    out.duration("write_timeout", writeTimeout)
    out.duration("keep_alive_timeout", keepAliveTimeout)
    out.duration("drain_limit", drainLimit)
  }
}

extension Settings.Server.TLS {
  /// Relative paths start beside the configuration file.
  init?(_ map: Mapping) {
    let certificate = map.requiredText("certificate", expected: "the path of a certificate in PEM")
    let key = map.requiredText("key", expected: "the path of its private key in PEM")
    guard let certificate, let key else { return nil }
    self.init(certificate: map.reading.resolve(certificate), key: map.reading.resolve(key))
  }

  func outline(_ out: inout Outline) {
    out.text("certificate", certificate)
    out.text("key", key)
  }
}
