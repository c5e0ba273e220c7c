import HTTPTypes
package import Logging
package import Pipeline
import Settings
import Synchronization

/// Everything at `/admin` and `/metrics`: pages, API and numbers.
///
/// Nothing here runs on the thread that moves bytes: `serve` leaves it first.
package final class AdminSite: Sendable {
  static let apiPrefix = "/admin/api"

  private let backend: any AdminBackend
  private let numbers: LiveNumbers
  private let log: Logger
  private let access: Access
  private let pages: Pages
  private let router: Router
  private let feed: LiveFeed
  private let address: ListeningBox

  /// - Parameters:
  ///   - numbers: told of every exchange that ends.
  ///   - files: the pages.
  package init(
    _ backend: any AdminBackend, numbers: LiveNumbers, files: any WebFiles = EmbeddedFiles(), log: Logger
  ) {
    self.backend = backend
    self.numbers = numbers
    self.log = log
    let access = Access(time: backend.time)
    self.access = access
    let reliability = ReliabilityReader(backend)
    let maker = SnapshotMaker(backend, numbers, reliability)
    feed = LiveFeed(maker, time: backend.time)
    pages = Pages(files: files)
    let address = ListeningBox()
    self.address = address
    let changes = ConfigurationChanges(backend: backend)
    router = Router([
      SessionRoutes(backend: backend, access: access) { address.listening },
      LiveRoutes(backend: backend, maker: maker, feed: feed),
      EndpointRoutes(backend: backend, reliability: reliability, changes: changes),
      EndpointTrialRoutes(backend: backend),
      TagRuleRoutes(backend: backend, changes: changes),
      TagTrialRoutes(backend: backend, changes: changes),
      SettingsRoutes(backend: backend, changes: changes),
      LogRoutes(backend: backend), ReplayRoutes(backend: backend, changes: changes),
      StatisticsRoutes(backend: backend), SelfCheckRoutes(backend: backend),
    ])
    numbers.setPrices { [backend] in backend.cost(of: $0, model: $1) }
  }

  /// Says where clients find the site, once that is known.
  package func listens(at url: String, host: String, port: Int) {
    address.listening = SessionRoutes.Listening(url: url, host: host, port: port)
  }

  /// Ends the streams of those who look, so that the server can stop.
  package func stop() { feed.stop() }

  /// The live view.
  package var liveFeed: LiveFeed { feed }

  /// The API's description.
  package var openAPI: JSON { OpenAPIDocument(router: router, version: backend.version).json }

  /// Whether a path is the site's.
  package static func owns(_ path: String) -> Bool {
    path == "/metrics" || path == "/admin" || path.hasPrefix("/admin/")
  }

  /// Answers one request to a path it owns.
  package func serve(_ request: ClientRequest, to client: any ClientWriter) async {
    await withTaskExecutorPreference(globalConcurrentExecutor) {
      var reply = await reply(to: request)
      SafetyFields.add(to: &reply)
      try? await reply.send(to: client, isHead: request.method == .head)
    }
  }

  private func reply(to request: ClientRequest) async -> AdminReply {
    do {
      return try await checkedReply(to: request)
    } catch let error as AdminError {
      return error.reply
    } catch {
      log.error("\(request.method.rawValue) \(request.path): \(error)")
      return AdminError(.internal, "This went wrong here; the log of the program tells more.").reply
    }
  }

  private func checkedReply(to request: ClientRequest) async throws -> AdminReply {
    let settings = backend.settings.webAdmin
    let isAPI = request.path == Self.apiPrefix || request.path.hasPrefix(Self.apiPrefix + "/")
    guard request.path == "/metrics" ? settings.metrics : settings.isEnabled else {
      throw AdminError(.notFound, "This is switched off (web_admin).")
    }
    let origin = RequestOrigin(fields: request.fields)
    if let problem = origin.problem(
      allowedHosts: settings.allowedHosts, isPage: !isAPI && request.path != "/metrics")
    {
      throw AdminError(.forbidden, problem)
    }
    let session = access.session(in: request.fields, port: address.listening.port)
    if request.path == "/metrics" { return try metrics(request, session, settings) }
    guard isAPI else {
      var pages = pages
      pages.locales = backend.settings.i18n.localesPath.flatMap(FolderFiles.init)
      return pages.reply(to: request)
    }
    return try await apiReply(to: request, session, settings)
  }

  private func apiReply(
    to request: ClientRequest, _ session: String?, _ settings: Settings.WebAdmin
  ) async throws -> AdminReply {
    let path = request.path.dropFirst(Self.apiPrefix.count)
    if request.method == .options { return try options(path) }
    if path == "/openapi.json" { return try description(request) }
    let match = try router.match(request.method, path)
    let token = access.token(of: session, settings)
    if match.route.needsLogin, token == nil {
      throw AdminError(.unauthenticated, "Log in first.")
    }
    if match.route.needsToken {
      guard let token, equalInConstantTime(request.fields[.csrfToken] ?? "", token) else {
        throw AdminError(
          .forbidden, "Orders need the field x-csrf-token, as GET /admin/api/session tells it.")
      }
    }
    return try await match.route.handler(router.checked(match, request, session: session))
  }

  private func options(_ path: Substring) throws(AdminError) -> AdminReply {
    guard let allowed = path == "/openapi.json" ? "GET, HEAD, OPTIONS" : router.allowed(path) else {
      throw AdminError(.notFound, "There is no \(path) here.")
    }
    var reply = AdminReply.empty
    reply.fields[.allow] = allowed
    return reply
  }

  /// For everybody: it tells what this program can do, and nothing of what it does.
  private func description(_ request: ClientRequest) throws(AdminError) -> AdminReply {
    try mustRead(request)
    return .json(openAPI)
  }

  private func mustRead(_ request: ClientRequest) throws(AdminError) {
    guard request.method != .get, request.method != .head else { return }
    var error = AdminError(.methodNotAllowed, "This can only be read.")
    error.fields[.allow] = "GET, HEAD, OPTIONS"
    throw error
  }

  private func metrics(
    _ request: ClientRequest, _ session: String?, _ settings: Settings.WebAdmin
  ) throws(AdminError) -> AdminReply {
    if request.method == .options {
      var reply = AdminReply.empty
      reply.fields[.allow] = "GET, HEAD, OPTIONS"
      return reply
    }
    try mustRead(request)
    let bearer = request.fields[.authorization].flatMap { field in
      field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst(7)) : nil
    }
    let isLocal = HostName(listening: request.peer)?.isLoopback == true
    let isLoggedIn =
      settings.passwordHash != nil
      && (access.token(of: session, settings) != nil || access.token(of: bearer, settings) != nil)
    guard isLocal || isLoggedIn else {
      throw AdminError(
        .unauthenticated, "From another machine this needs a session, as cookie or bearer token.")
    }
    let page = MetricsPage(backend: backend, numbers: numbers)
    return .bytes(Bytes(utf8: page.text), type: Exposition.contentType)
  }
}

/// Where the site is found: known only once the server listens.
private final class ListeningBox: Sendable {
  private let value = Mutex(SessionRoutes.Listening(url: "", host: "", port: 0))

  var listening: SessionRoutes.Listening {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}
