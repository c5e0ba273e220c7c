import Foundation
package import Logging
import Pipeline

/// One JSON object a line on standard error, for programs that collect logs.
package struct JSONLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let label: String

  package init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var members = [
      "\"time\":\(Date.now.ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true)).jsonQuoted)",
      "\"level\":\"\(event.level)\"",
      "\"message\":\(event.message.description.jsonQuoted)",
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      members.append("\(key.jsonQuoted):\(value.description.jsonQuoted)")
    }
    FileHandle.standardError.write(Data("{\(members.joined(separator: ","))}\n".utf8))
  }
}
