import Admin
import Foundation
import Journal
import Logging
import Pipeline
import Settings
import Transport

/// The program's life: load, listen, reload on change, drain, stop.
package struct Daemon: Sendable {
  private let configurationPath: String
  private let host: String?
  private let port: Int?
  private let webFiles: String?
  private let time = SystemTime()

  /// - Parameters:
  ///   - host: instead of `server.host`.
  ///   - port: instead of `server.port`.
  ///   - webFiles: a folder with the pages, instead of those within the program.
  package init(configurationPath: String, host: String? = nil, port: Int? = nil, webFiles: String? = nil) {
    self.configurationPath = configurationPath
    self.host = host
    self.port = port
    self.webFiles = webFiles
  }

  /// Runs until SIGINT or SIGTERM, then lets running answers finish within `server.drain_limit`.
  ///
  /// - Throws: `StartupProblem` when it cannot start.
  package func run() async throws {
    let signals = Signals()
    let loaded = try load()
    let log = Self.logger(loaded.settings.logging)
    for notice in loaded.notices { log.warning("\(notice)") }
    let journal = try openJournal(loaded.settings.logging, log)
    let transport = try CurlTransport()
    if let notice = OpenFiles.notice(limit: OpenFiles.raiseLimit()) { log.warning("\(notice)") }
    let reasoning = ReasoningFile(loaded.settings.logging, time: time, log: log)
    let benches = HealthFile(directory: loaded.settings.logging.directory, log: log)
    let gateway = try Gateway(
      settings: loaded.settings, configurationPath: configurationPath, journal: journal, transport: transport,
      reasoning: reasoning.load(),
      logins: LoginFile(configurationPath: configurationPath, log: log).logins(over: transport, time: time),
      benches: benches, host: host, time: time, log: log)
    let site = AdminSite(gateway, numbers: gateway.numbers, files: try pages(), log: log)
    let door = FrontDoor(gateway, site)
    let certificate = try ServerCertificate(loaded.settings.server.tls, time: time, log: log)
    let server = HTTPServer(
      options: serverOptions(loaded.settings.server), tls: certificate?.tls, time: time
    ) { request, client in
      await door.serve(request, to: client)
    }
    let address: ListeningAddress
    do {
      let bound = try server.start()
      address = ListeningAddress(
        host: host ?? loaded.settings.server.host, port: bound.port, isSecure: certificate != nil)
      site.listens(at: address.url, host: address.host, port: address.port)
    } catch {
      throw StartupProblem(error.description)
    }
    let watcher = watch(loaded, gateway, log)
    print(StartupText(address, loaded.settings, configurationPath: configurationPath).text)
    flushOutput()
    let stopping = Gate()
    async let saved: Void = reasoning.keepSaving(gateway.reasoning, until: stopping)
    async let probed: Void = HealthProber(gateway).run(until: stopping)
    async let renewed: Void? = certificate?.keepFresh(until: stopping)

    for await signal in signals.received {
      guard signal.stops else {
        certificate?.renew()
        watcher.reloadNow()
        continue
      }
      log.notice("Stopping; running answers may finish")
      break
    }
    watcher.stop()
    site.stop()
    await server.stop(drainLimit: gateway.generation.settings.server.drainLimit)
    transport.close()
    stopping.open()
    await saved
    await probed
    _ = await renewed
    benches.flush()
    await journal.close()
  }

  private func load() throws -> LoadedSettings {
    let environment = ProcessInfo.processInfo.environment
    do throws(SettingsError) {
      if !FileManager.default.fileExists(atPath: configurationPath) {
        try Settings.writeDefault(to: configurationPath)
        print("Wrote a first configuration with comments: \(configurationPath)")
      }
      return try Settings.load(file: configurationPath, environment: environment)
    } catch {
      throw StartupProblem(error.description)
    }
  }

  private func pages() throws -> any WebFiles {
    guard let webFiles else { return EmbeddedFiles() }
    guard let files = FolderFiles(webFiles) else { throw StartupProblem("there is no folder \(webFiles)") }
    return files
  }

  private func openJournal(_ settings: Settings.Logging, _ log: Logger) throws -> Journal {
    do throws(JournalError) {
      let journal = try Journal(options: JournalOptions(settings), time: time) { line in log.error("\(line)")
      }
      for notice in journal.notices { log.warning("\(notice)") }
      return journal
    } catch {
      throw StartupProblem("\(error)")
    }
  }

  private func serverOptions(_ settings: Settings.Server) -> ServerOptions {
    var options = ServerOptions(host: host ?? settings.host, port: port ?? settings.port)
    options.bodyLimit = settings.bodyLimit
    options.memoryLimit = settings.memoryLimit
    options.headerLimit = settings.headerLimit
    options.headerTimeout = settings.headerTimeout
    options.bodyTimeout = settings.bodyTimeout
    options.writeTimeout = settings.writeTimeout
    options.keepAliveTimeout = settings.keepAliveTimeout
    return options
  }

  /// Reloads on change: a file with mistakes is reported, and what was in force stays so.
  private func watch(_ loaded: LoadedSettings, _ gateway: Gateway, _ log: Logger) -> SettingsWatcher {
    let watcher = SettingsWatcher(
      file: configurationPath, loaded: loaded, environment: ProcessInfo.processInfo.environment, time: time
    ) { result in
      do {
        let loaded = try result.get()
        for notice in loaded.notices { log.warning("\(notice)") }
        try gateway.reload(loaded.settings)
      } catch {
        log.error("The new configuration is not used; the last good one stays.\n\(error)")
      }
    }
    watcher.start()
    return watcher
  }

  private static func logger(_ settings: Settings.Logging) -> Logger {
    let level: Logger.Level =
      switch settings.level {
      case .debug: .debug
      case .info: .info
      case .warn: .warning
      case .error: .error
      }
    var logger = Logger(label: "companion") { label in
      switch settings.format {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLogHandler(label: label, level: level)
      }
    }
    logger.logLevel = level
    return logger
  }
}

extension JournalOptions {
  init(_ settings: Settings.Logging) {
    self.init(directory: settings.directory)
    requestBody = BodyPolicy(settings.requestBody)
    responseBody = BodyPolicy(settings.responseBody)
    requestTypes =
      switch settings.requestTypes {
      case .failed: .failed
      case .success: .success
      case .all: .all
      }
    retentionDays = settings.retentionDays
    retentionBytes = settings.retentionBytes
  }
}

extension JournalOptions.BodyPolicy {
  fileprivate init(_ policy: Settings.Logging.BodyPolicy) {
    switch policy {
    case .none: self = .none
    case .truncated(let limit): self = .truncated(bytes: limit)
    case .full: self = .full
    }
  }
}
