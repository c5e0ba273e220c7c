import Dispatch
import HTTPTypes
import Pipeline
import Settings

/// Who may do what: logins, their sessions, and the tokens of orders.
final class Access: Sendable {
  let sessions: Sessions
  private let limiter: LoginLimiter
  /// For orders where no login is needed; anew with each start.
  private let processToken = randomToken()
  /// One try at a time: it takes 32 MB and a processor for a while, and streams must not wait for it.
  private let queue = DispatchQueue(label: "admin-login", qos: .utility)

  init(time: any TimeSource) {
    sessions = Sessions(time: time)
    limiter = LoginLimiter(time: time)
  }

  /// The token that orders need; nil when a login is needed and this is none.
  func token(of session: String?, _ settings: Settings.WebAdmin) -> String? {
    guard let hash = settings.passwordHash else { return processToken }
    return session.flatMap { sessions.token(of: $0, password: hash.exposed) }
  }

  /// Tries a password. The new session's id; nil where there is no password to know.
  func login(_ password: String, peer: String, _ settings: Settings.WebAdmin) async throws -> String? {
    guard let hash = settings.passwordHash else { return nil }
    if let wait = limiter.tryOnce(peer) {
      let seconds = max(1, Int((wait.milliseconds / 1000).rounded(.up)))
      var error = AdminError(.tooManyAttempts, "Too many wrong passwords. Try again in \(seconds) s.")
      error.fields[.retryAfter] = String(seconds)
      throw error
    }
    guard await matches(password, hash.exposed) else {
      throw AdminError(.unauthenticated, "This is not the password.")
    }
    limiter.succeeded(peer)
    return sessions.begin(password: hash.exposed)
  }

  private func matches(_ password: String, _ hash: String) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: PasswordHash(hash)?.matches(password) ?? false) }
    }
  }

  /// Cookies do not know ports: two proxies on one machine must not log each other out.
  func cookieName(_ port: Int) -> String { "companion_admin_\(port)" }

  /// The session a request shows; nil without one.
  func session(in fields: HTTPFields, port: Int) -> String? {
    let name = cookieName(port)
    for pair in fields[values: .cookie].flatMap({ $0.split(separator: ";") }) {
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }
}
