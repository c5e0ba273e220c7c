import Foundation
package import Logging
package import Pipeline
package import Stages
import Synchronization

/// Renewed OAuth logins on disk: beside the configuration, never in it.
package final class LoginFile: Sendable {
  private let path: String
  private let log: Logger
  /// One writer at a time.
  private let writing = Mutex(())

  /// - Parameter configurationPath: the file lies beside it, as `oauth-logins.json`.
  package init(configurationPath: String, log: Logger) {
    path =
      URL(filePath: configurationPath).deletingLastPathComponent().appending(path: "oauth-logins.json")
      .path
    self.log = log
  }

  /// The logins of this installation, which are kept in the file from now on.
  package func logins(over transport: any UpstreamTransport, time: any TimeSource) -> OAuthLogins {
    OAuthLogins(load(), transport: transport, time: time) { [self] in
      save($0)
    } report: { [log] in
      log.notice("\($0)")
    }
  }

  private struct Entry: Codable {
    var configured: String
    var accessToken: String
    var refreshToken: String?
    /// Milliseconds since 1970.
    var expiresAt: Int64?
    var tokenURL: String?
    var clientID: String?
    var scopes: [String]
  }

  private func load() -> [String: OAuthLogins.Login] {
    guard let data = FileManager.default.contents(atPath: path) else { return [:] }
    guard let entries = try? JSONDecoder().decode([String: Entry].self, from: data) else {
      log.error("\(path) cannot be read; the logins of the configuration are used")
      return [:]
    }
    return entries.mapValues { entry in
      var tokens = Endpoint.OAuthTokens(accessToken: Secret(entry.accessToken))
      tokens.refreshToken = entry.refreshToken.map { Secret($0) }
      tokens.expiresAt = entry.expiresAt
      tokens.tokenURL = entry.tokenURL
      tokens.clientID = entry.clientID
      tokens.scopes = entry.scopes
      return OAuthLogins.Login(configured: entry.configured, tokens: tokens)
    }
  }

  private func save(_ logins: [String: OAuthLogins.Login]) {
    let entries = logins.mapValues { login in
      Entry(
        configured: login.configured, accessToken: login.tokens.accessToken.exposed,
        refreshToken: login.tokens.refreshToken?.exposed, expiresAt: login.tokens.expiresAt,
        tokenURL: login.tokens.tokenURL, clientID: login.tokens.clientID, scopes: login.tokens.scopes)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    do {
      try writing.withLock { _ in try PrivateFile.replace(path, with: encoder.encode(entries)) }
    } catch {
      log.error(
        "A renewed OAuth login cannot be stored in \(path) (\(error.localizedDescription)); after a restart the old one of the configuration would be used"
      )
    }
  }
}
