import Admin
import Foundation
import Gateway
import HTTPTypes
import Journal
import Logging
import Pipeline
import ProxyTesting
import Settings
import Stages
import Synchronization
import Testing
import Transport

/// The whole proxy in this process: real server, real libcurl, real journal, scripted endpoints; time by hand.
final class FlowHarness: Sendable {
  let time: ManualTime
  let gateway: Gateway
  let site: AdminSite
  let journal: Journal
  let directory: String
  let port: Int
  let logins: StoredLogins
  private let server: HTTPServer
  let transport: CurlTransport
  private let upstreams: [ScriptedUpstream]
  /// Opens when the first exchange has ended and is in the journal's queue.
  private let ended = Gate()

  /// - Parameters:
  ///   - upstreams: become endpoints `first`, `second`, … by priority.
  ///   - change: the last word on the settings.
  init(_ upstreams: ScriptedUpstream..., change: (inout Settings) -> Void = { _ in }) async throws {
    self.upstreams = upstreams
    time = ManualTime()
    directory =
      FileManager.default.temporaryDirectory.appendingPathComponent("flow-\(UUID().uuidString)").path
    var settings = Settings()
    // The clock stands still unless a test turns it.
    settings.failover.backOff = .zero
    settings.logging.directory = directory
    settings.endpoints = zip(Self.names, upstreams).enumerated().map { place, pair in
      var endpoint = Endpoint(name: pair.0, url: pair.1.url)
      endpoint.priority = place + 1
      endpoint.credential = .apiKey(Secret("key-of-\(pair.0)-endpoint"))
      return endpoint
    }
    change(&settings)
    journal = try Journal(options: JournalOptions(directory: directory), time: SystemTime())
    transport = try CurlTransport()
    let logins = StoredLogins()
    self.logins = logins
    let gateway = try Gateway(
      settings: settings, configurationPath: "config.yaml", journal: journal, transport: transport,
      logins: OAuthLogins(transport: transport, time: time) { logins.store($0) }, time: time,
      log: Logger(label: "flow") { _ in SwiftLogNoOpLogHandler() })
    self.gateway = gateway
    let site = AdminSite(
      gateway, numbers: gateway.numbers, log: Logger(label: "site") { _ in SwiftLogNoOpLogHandler() })
    self.site = site
    let door = FrontDoor(gateway, site)
    var options = ServerOptions(host: "127.0.0.1", port: 0)
    // On a busy machine clients take their time.
    options.headerTimeout = .seconds(1000)
    server = HTTPServer(options: options, time: SystemTime()) { [ended] in
      let isAdmin = AdminSite.owns($0.path)
      await door.serve($0, to: $1)
      if !isAdmin { ended.open() }
    }
    port = try server.start().port
    site.listens(at: "http://127.0.0.1:\(port)", host: "127.0.0.1", port: port)
  }

  static let names = ["first", "second", "third"]

  /// Sends a request like Claude Code's and returns the connection.
  @discardableResult
  func ask(
    stream: Bool = true, _ extra: String = "", path: String = "/v1/messages?beta=true",
    on connection: TestClient? = nil
  ) throws -> TestClient {
    let client = try connection ?? TestClient(port: port)
    client.post(
      path,
      #"{"model":"claude-test","max_tokens":100,"stream":\#(stream),"messages":[{"role":"user","content":"hi"}]\#(extra)}"#,
      fields: ["anthropic-version: 2023-06-01", "x-api-key: the-users-own-key"])
    return client
  }

  /// Everything the journal knows of the first request, once it has ended.
  func journaled() async throws -> ExchangeDetail {
    await ended.wait()
    await journal.flush()
    let reader = try JournalReader(directory: directory)
    guard let id = try reader.list().last?.id else { throw Missing() }
    return try reader.exchange(id)
  }

  /// Turns the clock by `step` whenever something waits for it, until the first exchange has ended.
  func turnClock(by step: Duration) async {
    for _ in 0..<1000 {
      await time.waitUntilSomethingIsDue(within: step, or: ended)
      if ended.isOpen { return }
      time.advance(by: step)
    }
  }

  /// Returns when the numbers of a stage or step are so, or will not soon be.
  func meter(_ name: StageName, _ isReached: (StageMeter.Snapshot) -> Bool) async {
    let meter = gateway.generation.flow.graph.nodes.first { $0.name == name }?.meter
    let patience = ContinuousClock.now + .seconds(60)
    while let meter, !isReached(meter.snapshot), ContinuousClock.now < patience { await Task.yield() }
  }

  struct Missing: Error {}

  /// Stops everything this harness started.
  func stop() async {
    for upstream in upstreams { upstream.stop() }
    site.stop()
    await server.stop(drainLimit: .zero)
    transport.close()
    await journal.close()
    try? FileManager.default.removeItem(atPath: directory)
  }
}

/// Asks once and expects the status to be one of these.
func expectStatus(
  _ flow: FlowHarness, sourceLocation: SourceLocation = #_sourceLocation, _ isExpected: (Int) -> Bool
) async throws {
  let status = try await flow.ask().reply().status
  #expect(isExpected(status), "HTTP \(status)", sourceLocation: sourceLocation)
}

/// Keeps renewed logins as a file would.
final class StoredLogins: Sendable {
  private let logins = Mutex<[[String: OAuthLogins.Login]]>([])
  /// Opens with the first login.
  let gate = Gate()

  var all: [[String: OAuthLogins.Login]] { logins.withLock { $0 } }

  func store(_ logins: [String: OAuthLogins.Login]) {
    self.logins.withLock { $0.append(logins) }
    gate.open()
  }
}

/// Runs a test against a harness and stops it whatever happens.
func withFlow(
  _ upstreams: ScriptedUpstream..., change: (inout Settings) -> Void = { _ in },
  _ body: (FlowHarness) async throws -> Void
) async throws {
  let harness: FlowHarness
  switch upstreams.count {
  case 0: harness = try await FlowHarness(change: change)
  case 1: harness = try await FlowHarness(upstreams[0], change: change)
  default: harness = try await FlowHarness(upstreams[0], upstreams[1], change: change)
  }
  do {
    try await body(harness)
    await harness.stop()
  } catch {
    await harness.stop()
    throw error
  }
}
