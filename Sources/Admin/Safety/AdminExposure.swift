import Pipeline
package import Settings

/// The rule of the start: who is reachable from elsewhere has a password.
package enum AdminExposure {
  /// Why these settings must not be used, in words for who wrote them; nil when they may.
  ///
  /// - Parameter host: where the server really listens.
  package static func problem(_ settings: Settings.WebAdmin, host: String) -> String? {
    guard settings.isEnabled else { return nil }
    if let hash = settings.passwordHash {
      return PasswordHash(hash.exposed) == nil
        ? "web_admin.password_hash cannot be read; make a new one with: claude-code-companion admin-password"
        : nil
    }
    guard HostName(listening: host)?.isLoopback != true else { return nil }
    return """
      Everybody who can reach \(host) could change the configuration at /admin/, for it has no password. Either set \
      one (claude-code-companion admin-password prints the line to paste), or switch the pages off \
      (web_admin.enabled: false), or listen on this machine alone (server.host: 127.0.0.1).
      """
  }
}
