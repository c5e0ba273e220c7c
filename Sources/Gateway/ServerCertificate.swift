import Logging
import Pipeline
import Settings
import Transport

/// The certificate that clients see, and its renewal while the program runs: `server.tls`.
///
/// A certificate lives for months and a proxy may as well, so the files are looked at now and then. Which files
/// they are is read at the start only.
struct ServerCertificate: Sendable {
  /// Between two looks. A change counts once it has rested for one: certificate and key are written one after
  /// the other.
  private static let interval = Duration.seconds(5)

  let tls: ServerTLS
  private let time: any TimeSource
  private let log: Logger

  /// nil for plain HTTP.
  init?(_ settings: Settings.Server.TLS?, time: any TimeSource, log: Logger) throws(StartupProblem) {
    guard let settings else { return nil }
    do throws(CertificateProblem) {
      tls = try ServerTLS(.init(settings))
    } catch {
      throw StartupProblem(error.description)
    }
    (self.time, self.log) = (time, log)
    warnIfExpired()
  }

  /// Why a server could not use what the settings name; nil if it could.
  static func problem(_ settings: Settings.Server.TLS?) -> String? {
    guard let settings else { return nil }
    do throws(CertificateProblem) {
      try ServerTLS.check(.init(settings))
      return nil
    } catch {
      return error.description
    }
  }

  /// Reads the files again, for connections that begin from now on.
  func renew() {
    do throws(CertificateProblem) {
      try tls.renew()
      log.notice("The server's certificate was read again")
      warnIfExpired()
    } catch {
      log.error("The certificate before stays in use: \(error)")
    }
  }

  /// Renews whenever the files have changed.
  func keepFresh(until stopping: Gate) async {
    var used = stamps
    var seen = used
    while !stopping.isOpen {
      await time.sleep(until: time.now + Self.interval, or: stopping)
      let now = stamps
      if now == seen, now != used {
        used = now
        renew()
      }
      seen = now
    }
  }

  private var stamps: [FileStamp?] { [FileStamp(tls.files.certificate), FileStamp(tls.files.key)] }

  private func warnIfExpired() {
    if tls.end < time.wallMilliseconds {
      log.warning("The certificate in \(tls.files.certificate) has expired; clients will refuse it")
    }
  }
}

extension ServerTLS.Files {
  init(_ settings: Settings.Server.TLS) {
    self.init(certificate: settings.certificate, key: settings.key)
  }
}
