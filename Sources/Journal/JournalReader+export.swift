import Foundation
package import Pipeline

extension JournalReader {
  /// Writes exchanges into a zip file at `path`, which is replaced, for a bug report or a colleague.
  ///
  /// A folder an exchange: `exchange.json`, `attempts.json` and its bodies. Credentials are removed from
  /// fields and bodies alike. Ids may be shortened, and named twice. Throws `exportTooLarge` beyond 4 GB; nothing is left at
  /// `path` after a failure.
  package func exportZip(_ ids: [ExchangeID], to path: String) throws(JournalError) {
    var details: [ExchangeDetail] = []
    for id in ids {
      let detail = try exchange(id)
      if !details.contains(where: { $0.record.id == detail.record.id }) { details.append(detail) }
    }
    let unfinished = path + ".part"
    do {
      var zip = try ZipWriter(
        path: unfinished, wallMilliseconds: details.map(\.record.arrived).max() ?? 0)
      for detail in details { try add(detail, to: &zip) }
      try zip.finish()
    } catch {
      try? FileManager.default.removeItem(atPath: unfinished)
      throw error
    }
    // Foundation's move refuses to replace a file.
    try? FileManager.default.removeItem(atPath: path)
    do {
      try FileManager.default.moveItem(atPath: unfinished, toPath: path)
    } catch {
      throw JournalError(.fileFailed, "cannot write \(path): \(error.localizedDescription)")
    }
  }

  private func add(_ detail: ExchangeDetail, to zip: inout ZipWriter) throws(JournalError) {
    let id = detail.record.id
    var bodies: [ExportedBody] = []
    for body in detail.bodies {
      let bytes = CredentialScrubber.scrubbed(try self.body(id, body.part))
      let file = "\(body.part.fileName).\(Self.fileExtension(for: bytes))"
      try zip.add("\(id)/\(file)", bytes)
      bodies.append(ExportedBody(file: file, bytes: body.rawLength, missingBytes: body.missing))
    }
    for attempt in detail.attempts {
      let times = try times(of: id, attempt: attempt.number).map(ExportedTime.init)
      guard !times.isEmpty else { continue }
      try zip.add("\(id)/\(BodyPart.responseTimes(attempt: attempt.number).fileName).json", Self.json(times))
    }
    let exchange = ExportedExchange(exchange: ExchangeRow(detail.record).redacted, bodies: bodies)
    try zip.add("\(id)/exchange.json", Self.json(exchange))
    try zip.add("\(id)/attempts.json", Self.json(detail.attempts.map { AttemptRow($0).redacted }))
  }

  private static func json(_ value: some Encodable) throws(JournalError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return CredentialScrubber.scrubbed(Array(try encoder.encode(value)))
    } catch {
      throw JournalError(.fileFailed, "cannot encode an exchange: \(error)")
    }
  }

  private static func fileExtension(for bytes: [UInt8]) -> String {
    switch bytes.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): "json"
    case UInt8(ascii: "e") where bytes.starts(with: "event:".utf8): "sse"
    case UInt8(ascii: "d") where bytes.starts(with: "data:".utf8): "sse"
    case UInt8(ascii: ":"): "sse"
    default: "txt"
    }
  }
}

private struct ExportedExchange: Encodable {
  var exchange: ExchangeRow
  var bodies: [ExportedBody]
}

/// What the file of a body holds; credentials are removed from it, so its size may differ from `bytes`.
private struct ExportedBody: Encodable {
  var file: String
  var bytes: Int
  var missingBytes: Int
}

/// From which byte of an answer on the bytes came when, since the attempt started.
private struct ExportedTime: Encodable {
  var offset: Int
  var microseconds: Int64

  init(_ mark: ArrivalMark) { (offset, microseconds) = (mark.offset, mark.microseconds) }
}

extension BodyPart {
  fileprivate var fileName: String {
    switch self {
    case .requestReceived: "request"
    case .requestSent(let attempt): "attempt-\(attempt)-request"
    case .responseReceived(let attempt): "attempt-\(attempt)-response"
    case .responseTimes(let attempt): "attempt-\(attempt)-times"
    case .responseSent: "response"
    }
  }
}

extension ExchangeRow {
  fileprivate var redacted: ExchangeRow {
    var row = self
    row.requestFields = row.requestFields.map(\.redacted)
    return row
  }
}

extension AttemptRow {
  fileprivate var redacted: AttemptRow {
    var row = self
    row.requestFields = row.requestFields.map(\.redacted)
    row.responseFields = row.responseFields.map(\.redacted)
    return row
  }
}

extension FieldValue {
  fileprivate var redacted: FieldValue {
    FieldValue(name: name, value: redactedValue(value, ofField: name))
  }
}
