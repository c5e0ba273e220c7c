/// Where the server listens, and what it lets a client do to it. Sizes in bytes.
package struct ServerOptions: Sendable, Equatable {
  /// A name, an IPv4 or an IPv6 address (with or without brackets). `localhost` means both loopback addresses.
  package var host: String
  /// 0 takes a free port.
  package var port: Int
  /// The largest body, after decompression; more is answered with 413.
  package var bodyLimit = 64 * 1024 * 1024
  /// All bodies that are held at once; more is answered with 529.
  package var memoryLimit = 1 << 30
  /// All fields of a request and its target together; more is answered with 431.
  package var headerLimit = 64 * 1024
  /// From a request's first byte to the end of its fields; 408.
  package var headerTimeout: Duration = .seconds(10)
  /// Between two reads of a body; 408.
  package var bodyTimeout: Duration = .seconds(30)
  /// How long a client may take no byte of the answer before its connection is closed.
  package var writeTimeout: Duration = .seconds(300)
  /// How long a connection may be idle between requests.
  package var keepAliveTimeout: Duration = .seconds(300)

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}
