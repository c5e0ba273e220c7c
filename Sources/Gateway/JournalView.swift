import Foundation
import Journal
import Pipeline
import Settings

/// The journal as the `logs` commands show it. Works while the proxy runs and while it does not.
package struct JournalView {
  /// Which requests to list, newest first.
  package struct Query: Sendable {
    package var limit: Int
    package var endpoint: String?
    package var session: String?
    package var model: String?
    package var failedOnly = false

    package init(limit: Int) { self.limit = limit }
  }

  private let reader: JournalReader

  /// - Throws: `StartupProblem` without a usable configuration or a journal.
  package init(configurationPath: String) throws(StartupProblem) {
    var directory = Settings.Logging().directory
    if FileManager.default.fileExists(atPath: configurationPath) {
      do throws(SettingsError) {
        let environment = ProcessInfo.processInfo.environment
        directory = try Settings.load(file: configurationPath, environment: environment).settings.logging
          .directory
      } catch {
        throw StartupProblem(error.description)
      }
    }
    reader = try Self.explained { () throws(JournalError) in try JournalReader(directory: directory) }
  }

  package func list(_ query: Query) throws(StartupProblem) -> String {
    let records = try records(query)
    guard !records.isEmpty else { return "No requests are logged." }
    return records.map(ExchangeText.line).joined(separator: "\n")
  }

  package func listJSON(_ query: Query) throws(StartupProblem) -> String {
    "[" + (try records(query)).map(ExchangeText.json).joined(separator: ",\n ") + "]"
  }

  private func records(_ query: Query) throws(StartupProblem) -> [ExchangeRecord] {
    var filter = ExchangeFilter()
    filter.limit = query.limit
    filter.endpoint = query.endpoint
    filter.session = query.session
    filter.model = query.model
    filter.failedOnly = query.failedOnly
    return try Self.explained { () throws(JournalError) in try reader.list(filter) }
  }

  package func show(_ id: String) throws(StartupProblem) -> String {
    try Self.explained { () throws(JournalError) in
      let detail = try reader.exchange(try reader.resolve(id))
      var text = ExchangeText.full(detail)
      if let body = try? reader.body(detail.record.id, .requestReceived) {
        text += "\n\nRequest\n" + ExchangeText.excerpt(body)
      }
      for attempt in detail.attempts {
        guard let body = try? reader.body(detail.record.id, .responseReceived(attempt: attempt.number)) else {
          continue
        }
        text += "\n\nAnswer of attempt \(attempt.number), \(attempt.endpoint)\n" + ExchangeText.excerpt(body)
      }
      return text
    }
  }

  /// Writes one body to standard output, byte for byte.
  package func writeBody(_ id: String, _ name: String) throws(StartupProblem) {
    let bytes = try Self.explained { () throws(JournalError) in
      let id = try reader.resolve(id)
      switch name.split(separator: "-").map(String.init) {
      case ["request"]: return try reader.body(id, .requestReceived)
      case ["response"]: return try reader.clientResponse(id)
      case let parts where parts.count == 2 && parts[0] == "request" && Int(parts[1]) != nil:
        let attempt = Int(parts[1]) ?? 0
        let stored = try reader.sentRequest(id, attempt: attempt)
        return try reader.body(id, stored?.part ?? .requestSent(attempt: attempt))
      case let parts where parts.count == 2 && parts[0] == "response" && Int(parts[1]) != nil:
        return try reader.body(id, .responseReceived(attempt: Int(parts[1]) ?? 0))
      default:
        throw JournalError(.notFound, "there is no body \(name): request, response, request-N or response-N")
      }
    }
    FileHandle.standardOutput.write(Data(bytes))
  }

  package func export(_ ids: [String], to path: String) throws(StartupProblem) {
    try Self.explained { () throws(JournalError) in
      var resolved: [ExchangeID] = []
      for id in ids { resolved.append(try reader.resolve(id)) }
      try reader.exportZip(resolved, to: path)
    }
  }

  private static func explained<Value>(
    _ body: () throws(JournalError) -> Value
  ) throws(StartupProblem) -> Value {
    do throws(JournalError) {
      return try body()
    } catch {
      throw StartupProblem("\(error)")
    }
  }
}
