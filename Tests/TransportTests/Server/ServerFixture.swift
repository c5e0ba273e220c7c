import HTTPTypes
import Pipeline
import ProxyTesting
import Synchronization
import Transport

/// Runs `body` against a server on a free port of 127.0.0.1, and stops it whatever happens. Without a clock of the
/// test's, clients may take their time: on a busy machine they do.
func withServer(
  time: any TimeSource = SystemTime(), options: ServerOptions = .test(), tls: ServerTLS? = nil,
  _ handler: @escaping HTTPServer.Handler, _ body: (Int, HTTPServer) async throws -> Void
) async throws {
  var options = options
  if time is SystemTime { options.headerTimeout = .seconds(1000) }
  let server = HTTPServer(options: options, tls: tls, time: time, handler: handler)
  let port = try server.start().port
  do {
    try await body(port, server)
    await server.stop(drainLimit: .zero)
  } catch {
    await server.stop(drainLimit: .zero)
    throw error
  }
}

/// The same over TLS, with a certificate of its own.
func withSecureServer(
  time: any TimeSource = SystemTime(), options: ServerOptions = .test(),
  _ handler: @escaping HTTPServer.Handler,
  _ body: (Int, TestCertificate, HTTPServer) async throws -> Void
) async throws {
  let certificate = try await TestCertificate()
  defer { certificate.remove() }
  let tls = try ServerTLS(certificate.files)
  try await withServer(time: time, options: options, tls: tls, handler) { port, server in
    try await body(port, certificate, server)
  }
}

extension TestCertificate {
  /// As the server reads them.
  var files: ServerTLS.Files { .init(certificate: file, key: keyFile) }
}

extension ServerOptions {
  /// A free port of 127.0.0.1, and what `change` makes of the rest.
  static func test(_ change: (inout ServerOptions) -> Void = { _ in }) -> ServerOptions {
    var options = ServerOptions(host: "127.0.0.1", port: 0)
    change(&options)
    return options
  }
}

/// Answers with what it was asked: `METHOD path|query|body`.
@Sendable func echo(_ request: ClientRequest, _ client: any ClientWriter) async {
  await answer(client, "\(request.method) \(request.path)|\(request.query ?? "-")|\(request.body.text)")
}

/// A whole answer. A client that left is not this function's business.
@Sendable func answer(_ client: any ClientWriter, _ text: String, fields: HTTPFields = [:]) async {
  do {
    try await client.send(status: 200, fields: fields)
    try await client.send([Bytes(utf8: text)])
    try await client.finish()
  } catch {}
}

/// What `body` throws; nil if it does not.
func failureOf(_ body: () async throws(ProxyFailure) -> Void) async -> ProxyFailure? {
  do throws(ProxyFailure) {
    try await body()
    return nil
  } catch {
    return error
  }
}

/// Suspends until the task is cancelled.
@Sendable func untilCancelled() async {
  let cancelled = Gate()
  await withTaskCancellationHandler {
    await cancelled.wait()
  } onCancel: {
    cancelled.open()
  }
}

/// Counts, and opens a gate when a number is reached.
final class Tally: Sendable {
  private let count = Mutex(0)
  private let goal: Int
  let reached = Gate()

  init(goal: Int = .max) { self.goal = goal }

  var value: Int { count.withLock { $0 } }

  func add(_ number: Int = 1) {
    let isReached = count.withLock { count in
      count += number
      return count >= goal
    }
    if isReached { reached.open() }
  }
}
