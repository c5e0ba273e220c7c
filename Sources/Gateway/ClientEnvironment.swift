import Foundation
import Pipeline
import Settings

/// The variables that point Claude Code at this proxy (claude-code-env.md §7).
package struct ClientEnvironment: Sendable {
  /// In the order they are printed.
  package let variables: [(name: String, value: String)]

  /// - Throws: `StartupProblem` when the configuration cannot be used. A missing file means the defaults.
  package init(configurationPath: String) throws(StartupProblem) {
    var settings = Settings()
    if FileManager.default.fileExists(atPath: configurationPath) {
      do throws(SettingsError) {
        let environment = ProcessInfo.processInfo.environment
        settings = try Settings.load(file: configurationPath, environment: environment).settings
      } catch {
        throw StartupProblem(error.description)
      }
    }
    self.init(settings.server)
  }

  init(_ server: Settings.Server) {
    variables = [
      ("ANTHROPIC_BASE_URL", ListeningAddress(server).url),
      // Without a token the proxy takes any; Claude Code wants one all the same.
      ("ANTHROPIC_AUTH_TOKEN", server.authToken?.exposed ?? "claude-code-companion"),
      ("API_TIMEOUT_MS", "600000"),
      ("CLAUDE_STREAM_IDLE_TIMEOUT_MS", "600000"),
      ("NO_PROXY", "127.0.0.1,localhost"),
    ]
  }

  /// A word for a POSIX shell.
  package static func shellQuoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "."),
        UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return plain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }

  /// Becomes the program: same process, same terminal, same signals.
  ///
  /// Returns only by throwing, when there is no such program.
  package func replaceProcess(with arguments: [String]) throws(StartupProblem) {
    for (name, value) in variables { unsafe setenv(name, value, 1) }
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    unsafe execvp(arguments[0], pointers)
    let reason = unsafe String(cString: strerror(errno))
    unsafe pointers.forEach { unsafe free($0) }
    throw StartupProblem("cannot start \(arguments[0]): \(reason)")
  }
}

/// Where clients find the proxy.
struct ListeningAddress: Sendable {
  var host: String
  var port: Int
  /// Over TLS.
  var isSecure: Bool

  init(host: String, port: Int, isSecure: Bool) {
    (self.host, self.port, self.isSecure) = (host, port, isSecure)
  }

  init(_ server: Settings.Server) {
    self.init(host: server.host, port: server.port, isSecure: server.tls != nil)
  }

  /// The base URL for clients on this machine: an address that means "all" is reached at the loopback one.
  var url: String {
    let name =
      switch host {
      case "0.0.0.0", "": "127.0.0.1"
      case "::", "[::]": "[::1]"
      default: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
      }
    return "\(isSecure ? "https" : "http")://\(name):\(port)"
  }
}
