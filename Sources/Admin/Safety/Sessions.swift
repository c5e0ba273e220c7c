package import Pipeline
import Synchronization

/// Who is logged in. In memory only: a restart logs everybody out.
package final class Sessions: Sendable {
  /// Without a request for so long a session is over.
  package static let idleLimit: Duration = .seconds(12 * 3600)
  /// The one that was used longest ago makes room.
  package static let most = 100

  private struct Session {
    var token: String
    /// The `password_hash` it was made with: a new password ends it.
    var password: String
    var lastUse: MonotonicTime
  }

  private let time: any TimeSource
  /// By the digest of the id, so that looking one up tells nothing about others.
  private let sessions = Mutex<[[UInt8]: Session]>([:])

  package init(time: any TimeSource) { self.time = time }

  /// A new session's id, which proves the login.
  package func begin(password: String) -> String {
    let id = randomToken()
    let now = time.now
    sessions.withLock { sessions in
      sessions = sessions.filter { now - $0.value.lastUse < Self.idleLimit }
      if sessions.count >= Self.most, let oldest = sessions.min(by: { $0.value.lastUse < $1.value.lastUse }) {
        sessions[oldest.key] = nil
      }
      sessions[digest(id)] = Session(token: randomToken(), password: password, lastUse: now)
    }
    return id
  }

  /// The CSRF token of a session that is in force; nil otherwise. Counts as its use.
  package func token(of id: String, password: String) -> String? {
    let (key, now) = (digest(id), time.now)
    return sessions.withLock { sessions -> String? in
      guard let session = sessions[key] else { return nil }
      guard session.password == password, now - session.lastUse < Self.idleLimit else {
        sessions[key] = nil
        return nil
      }
      sessions[key]?.lastUse = now
      return session.token
    }
  }

  package func end(_ id: String) { sessions.withLock { $0[digest(id)] = nil } }
}
