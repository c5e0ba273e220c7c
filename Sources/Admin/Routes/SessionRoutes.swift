import Dispatch
import HTTPTypes
import Pipeline
import Settings

/// Logging in and out.
struct SessionRoutes: RouteGroup {
  let backend: any AdminBackend
  let access: Access
  let listening: @Sendable () -> Listening

  var title: String { "session" }

  var routes: [Route] { [show, login, logout] }

  /// Where the pages are served.
  struct Listening: JSONObject {
    var url: String
    var host: String
    var port: Int

    static let schemaName = "Listening"
    static let members: [Member<Listening>] = [
      Member("url") { $0.url }, Member("host") { $0.host }, Member("port") { $0.port },
    ]
  }

  struct SessionState: JSONObject {
    var isAuthenticated: Bool
    var isPasswordRequired: Bool
    var token: String?
    var version: String
    var language: String
    var isTranslated: Bool
    var listening: Listening
    var configurationPath: String

    static let schemaName = "Session"
    static let members: [Member<SessionState>] = [
      Member("authenticated") { $0.isAuthenticated }, Member("password_required") { $0.isPasswordRequired },
      Member("csrf_token", "For x-csrf-token; null without a login") { $0.token },
      Member("version") { $0.version }, Member("default_language") { $0.language },
      Member("translated", "Languages other than English can be chosen") { $0.isTranslated },
      Member("listening") { $0.listening }, Member("configuration_path") { $0.configurationPath },
    ]
  }

  private var show: Route {
    Route(
      .get, "/session",
      Operation("Who is asking, and the token for orders", answer: .json(SessionState.schema)),
      needsLogin: false, needsToken: false
    ) { request in
      let settings = backend.settings
      let token = access.token(of: request.session, settings.webAdmin)
      return .json(
        SessionState(
          isAuthenticated: token != nil, isPasswordRequired: settings.webAdmin.passwordHash != nil,
          token: token, version: backend.version, language: settings.i18n.defaultLanguage.rawValue,
          isTranslated: settings.i18n.isEnabled,
          listening: listening(), configurationPath: backend.configurationPath))
    }
  }

  private var login: Route {
    Route(
      .post, "/session",
      Operation(
        "Logs in: the answer sets a cookie",
        body: .object(named: "Login", [Schema.Property("password", .text(length: 1...1024))]), answer: .empty,
        errors: [.unauthenticated, .tooManyAttempts]),
      needsLogin: false, needsToken: false
    ) { request in
      let id = try await access.login(
        request.body["password"]?.text ?? "", peer: request.client.peer, backend.settings.webAdmin)
      var reply = AdminReply.empty
      if let id { reply.fields[.setCookie] = cookie(id, maximumAge: nil) }
      return reply
    }
  }

  private var logout: Route {
    Route(
      .delete, "/session", Operation("Logs out", answer: .empty), needsLogin: true, needsToken: true
    ) { request in
      if let session = request.session { access.sessions.end(session) }
      var reply = AdminReply.empty
      reply.fields[.setCookie] = cookie("", maximumAge: 0)
      return reply
    }
  }

  /// Without an age it ends with the browser.
  private func cookie(_ id: String, maximumAge: Int?) -> String {
    var parts = [
      "\(access.cookieName(listening().port))=\(id)", "Path=/admin", "HttpOnly", "SameSite=Strict",
    ]
    if let maximumAge { parts.append("Max-Age=\(maximumAge)") }
    if backend.isSecure { parts.append("Secure") }
    return parts.joined(separator: "; ")
  }
}
