package import Admin
import Foundation
import HTTPTypes
package import Journal
package import Logging
package import Pipeline
package import Settings
package import Stages
import Synchronization
import Transport

/// The running proxy: one configuration at a time, swapped whole, and everything that outlives a reload.
package final class Gateway: Sendable {
  /// A configuration in force, with the flow built from it. Running exchanges keep the one they began on.
  package final class Generation: Sendable {
    /// 1 at the start, one more with each reload that took effect.
    package let number: Int
    package let settings: Settings
    package let flow: Flow

    init(number: Int, settings: Settings, flow: Flow) {
      self.number = number
      self.settings = settings
      self.flow = flow
    }
  }

  package let time: any TimeSource
  package let journal: Journal
  package let health: EndpointHealth
  package let reasoning: ReasoningMemory
  /// The exchanges under way.
  package let running = RunningExchanges()
  /// Told of all that ends.
  package let numbers: LiveNumbers
  private let logins: OAuthLogins?
  private let slots: Slots
  private let endpointSlots = EndpointSlots()
  private let transport: any UpstreamTransport
  package let configurationPath: String
  /// The file, for changes from within.
  package let configuration: SettingsFileEditor
  package let startSettings: Settings
  /// Where the server listens when that is not `server.host`.
  private let host: String?
  private let log: Logger
  private let current: Mutex<Generation>
  private let last = Mutex<(request: ClientRequest, model: String)?>(nil)

  /// - Parameters:
  ///   - reasoning: what is known of conversations from before the start.
  ///   - logins: renews OAuth logins; nil to use the configured tokens as they are.
  ///   - benches: keeps the state of endpoints over restarts.
  ///   - host: where the server listens, instead of `server.host`.
  /// - Throws: a tag rule's script that does not compile, or settings that would open the admin side to everybody.
  package init(
    settings: Settings, configurationPath: String, journal: Journal, transport: any UpstreamTransport,
    reasoning: ReasoningMemory = ReasoningMemory(), logins: OAuthLogins? = nil,
    benches: HealthFile? = nil, host: String? = nil, time: any TimeSource, log: Logger
  ) throws {
    try Self.checkExposure(settings, host: host)
    self.host = host
    numbers = LiveNumbers(time: time)
    self.configurationPath = configurationPath
    startSettings = settings
    configuration = SettingsFileEditor(
      file: configurationPath, environment: ProcessInfo.processInfo.environment,
      demands: {
        Self.demands($0, host: host, tls: settings.server.tls, configurationPath: configurationPath)
      })
    self.journal = journal
    self.transport = transport
    self.time = time
    self.log = log
    self.reasoning = reasoning
    self.logins = logins
    health = EndpointHealth(
      options: settings.failoverInForce, benches: benches?.load() ?? [], time: time
    ) { benches?.save($0) }
    slots = Slots(settings.server.slots)
    let flow = try Self.flow(
      settings, health: health, reasoning: reasoning, logins: logins, slots: slots,
      endpointSlots: endpointSlots,
      transport: transport, configurationPath: configurationPath)
    current = Mutex(Generation(number: 1, settings: settings, flow: flow))
  }

  /// The configuration in force now.
  package var generation: Generation { current.withLock { $0 } }

  /// Puts a new configuration in force; the old one stays if this throws.
  package func reload(_ settings: Settings) throws {
    try Self.checkExposure(settings, host: host)
    let flow = try Self.flow(
      settings, health: health, reasoning: reasoning, logins: logins, slots: slots,
      endpointSlots: endpointSlots,
      transport: transport, configurationPath: configurationPath)
    slots.reconfigure(settings.server.slots)
    endpointSlots.reconfigure(settings.endpoints, settings.server.slots)
    health.reconfigure(settings.failoverInForce, endpoints: settings.endpoints)
    let number = current.withLock { generation -> Int in
      generation = Generation(number: generation.number + 1, settings: settings, flow: flow)
      return generation.number
    }
    log.notice("Configuration reloaded", metadata: ["generation": "\(number)"])
  }

  private static func checkExposure(_ settings: Settings, host: String?) throws(StartupProblem) {
    if let problem = AdminExposure.problem(settings.webAdmin, host: host ?? settings.server.host) {
      throw StartupProblem(problem)
    }
  }

  private static func flow(
    _ settings: Settings, health: EndpointHealth, reasoning: ReasoningMemory, logins: OAuthLogins?,
    slots: Slots, endpointSlots: EndpointSlots, transport: any UpstreamTransport, configurationPath: String
  ) throws -> Flow {
    try Flow(
      clientToken: settings.server.authToken, slots: slots,
      rules: settings.tagging.isEnabled ? settings.tagging.rules : [],
      endpoints: settings.endpoints, selection: settings.selection, failover: settings.failoverInForce,
      health: health, reasoning: reasoning, logins: logins, endpointSlots: endpointSlots,
      transport: RouteTransport(
        network: transport,
        demo: DemoTransport(endpoints: settings.endpoints, configurationPath: configurationPath)))
  }

  /// Serves one request to its end. Cancelling the task aborts what runs upstream.
  package func serve(_ request: ClientRequest, to client: any ClientWriter) async {
    let generation = self.generation
    if let answer = localAnswer(to: request, generation: generation) {
      try? await answer.send(to: client)
      return
    }
    await serve(begin(request, client), generation.flow)
  }

  private func serve(_ exchange: Exchange, _ flow: Flow) async {
    await withTaskCancellationHandler {
      await run(flow, exchange)
    } onCancel: {
      exchange.cancel()
    }
    end(exchange)
  }

  /// The last request for a message that was answered whole, without its body, and the model it named.
  package var lastMessage: (request: ClientRequest, model: String)? { last.withLock { $0 } }

  /// Makes a request of the proxy's own; it runs through the flow like any other, and is in the journal.
  @discardableResult
  package func trial(_ request: ClientRequest) async -> TrialAnswer {
    let answer = CollectedAnswer()
    let attempts = AttemptTaker()
    let exchange = begin(request, answer) { attempts.take($0) }
    let flow = generation.flow
    // Where all exchanges run: transfers belong to that thread.
    await Task(executorPreference: Reactor.shared) { await self.serve(exchange, flow) }.value
    return TrialAnswer(exchange: exchange.recordSoFar, attempts: attempts.all, body: answer.body)
  }

  // Apart from `serve`, so that nothing of these lies in its frame while the exchange runs.
  private func begin(
    _ request: ClientRequest, _ client: any ClientWriter,
    onAttempt: (@Sendable (AttemptRecord) -> Void)? = nil
  ) -> Exchange {
    let exchange = Exchange(
      id: ExchangeID(wallMilliseconds: time.wallMilliseconds), request: request, client: client,
      log: CountingLog(journal: journal, numbers: numbers, onAttempt: onAttempt), time: time)
    exchange.note { $0.requestFields = redacted(request.fields) }
    running.add(exchange)
    journal.begin(exchange.recordSoFar)
    if !request.body.isEmpty { journal.append(request.body, to: .requestReceived, of: exchange.id) }
    return exchange
  }

  private func end(_ exchange: Exchange) {
    exchange.end()
    running.remove(exchange)
    exchange.note { $0.total = exchange.elapsed }
    remember(exchange)
    exchange.log.end(exchange.recordSoFar)
  }

  private func remember(_ exchange: Exchange) {
    let record = exchange.recordSoFar
    guard record.outcome == .completed, record.path == "/v1/messages", let model = record.model,
      exchange.request.destination == nil
    else { return }
    var request = exchange.request
    request.body = []
    last.withLock { $0 = (request, model) }
  }

  private func run(_ flow: Flow, _ exchange: Exchange) async {
    do throws(ProxyFailure) {
      try await flow.step.run(exchange.request, in: exchange)
      exchange.note { $0.outcome = .completed }
    } catch {
      note(error, in: exchange)
      await report(error, in: exchange)
    }
  }

  private func note(_ failure: ProxyFailure, in exchange: Exchange) {
    exchange.note { record in
      record.outcome = exchange.isCancelled || failure.code == .clientGone ? .cancelled : .failed
      record.failureCode = failure.code.rawValue
      record.failureStage = failure.stage.rawValue
      record.failureDetail = failure.detail
    }
    log.info("\(failure)", metadata: ["request": "\(exchange.id)"])
  }

  /// Tells the client what went wrong, unless it has a status line already: then the flow has ended it.
  private func report(_ failure: ProxyFailure, in exchange: Exchange) async {
    guard let answer = answer(to: failure, in: exchange) else { return }
    try? await answer.send(to: exchange.client)
  }

  private func answer(to failure: ProxyFailure, in exchange: Exchange) -> LocalAnswer? {
    guard exchange.recordSoFar.status == nil, !exchange.isCancelled else { return nil }
    var failure = failure
    if failure.code == .noEndpoint {
      failure.detail += " Add or enable an endpoint in \(configurationPath); it takes effect at once."
    }
    let answer = LocalAnswer(failure, id: exchange.id)
    exchange.note { $0.status = answer.status }
    return answer
  }

  /// Paths that no endpoint is asked for.
  private func localAnswer(to request: ClientRequest, generation: Generation) -> LocalAnswer? {
    switch request.path {
    case "/health":
      LocalAnswer(
        json: """
          {"status":"ok","version":\(Version.current.jsonQuoted),"generation":\(generation.number)}
          """)
    // Claude Code's warm-up probe.
    case "/api/hello": LocalAnswer(json: #"{"status":"ok"}"#)
    default: nil
    }
  }
}
