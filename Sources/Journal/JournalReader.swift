import Foundation
import GRDB
package import Pipeline

/// Reads a journal, also while another process or thread writes to it. Never changes anything.
///
/// Sees what is committed. Calls block for as long as the disk takes.
package final class JournalReader: Sendable {
  let directory: JournalDirectory
  private let index: DatabasePool

  /// Throws `noJournal` when there is none in `directory`.
  package init(directory path: String) throws(JournalError) {
    directory = JournalDirectory(path: path)
    guard FileManager.default.fileExists(atPath: directory.index) else {
      throw JournalError(.noJournal, "there is no journal in \(path)")
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      index = try DatabasePool(path: directory.index, configuration: configuration)
    } catch {
      throw JournalError(.indexFailed, "cannot open \(directory.index): \(error)")
    }
    let application = try read { db in try Int.fetchOne(db, sql: "PRAGMA application_id") }
    guard application == JournalIndex.applicationID else {
      throw JournalError(.noJournal, "\(directory.index) is not the index of a journal")
    }
  }

  /// Newest first. Bodies are not searched (`page`).
  package func list(_ filter: ExchangeFilter = ExchangeFilter()) throws(JournalError) -> [ExchangeRecord] {
    let (sql, arguments) = ExchangeQuery(filter).rows(filter.query, limit: filter.limit)
    return try read { db in
      try ExchangeRow.fetchAll(db, sql: sql, arguments: arguments).map(\.record)
    }
  }

  /// The one id that starts with `prefix`; throws `notFound` or `ambiguous`.
  package func resolve(_ prefix: String) throws(JournalError) -> ExchangeID {
    let found = try read { db in
      try String.fetchAll(
        db, sql: "SELECT id FROM exchange WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
        // Behind all that begins with it.
        arguments: [prefix, prefix + "\u{10FFFF}"])
    }
    guard let first = found.first, !prefix.isEmpty else {
      throw JournalError(.notFound, "there is no exchange \(prefix)")
    }
    // An id that is whole is meant, even if a longer one starts the same way.
    guard found.count == 1 || first == prefix else {
      throw JournalError(.ambiguous, "more than one exchange starts with \(prefix)")
    }
    return ExchangeID(text: first)
  }

  /// One exchange; `id` may be the beginning of its id if no other starts the same way.
  package func exchange(_ id: ExchangeID) throws(JournalError) -> ExchangeDetail {
    let id = try resolve(id.text)
    let (exchange, attempts, blocks) = try read { db in
      (
        try ExchangeRow.fetchOne(db, sql: "SELECT * FROM exchange WHERE id = ?", arguments: [id.text]),
        try AttemptRow.fetchAll(
          db, sql: "SELECT * FROM attempt WHERE exchange = ? ORDER BY number", arguments: [id.text]),
        try Self.blocks(db, of: id)
      )
    }
    guard let exchange else { throw JournalError(.notFound, "there is no exchange \(id)") }
    let extents = Dictionary(grouping: blocks) { $0.bodyPart }.mapValues(BodyExtent.init)
    let bodies = extents.compactMap { part, extent -> StoredBody? in
      guard let part, !part.isTimes else { return nil }
      return StoredBody(part: part, rawLength: extent.rawLength, missing: extent.total - extent.rawLength)
    }
    return ExchangeDetail(
      record: exchange.record, attempts: attempts.map(\.record),
      bodies: bodies.sorted { ($0.part.code, $0.part.attempt) < ($1.part.code, $1.part.attempt) })
  }

  /// The kept bytes of a body, whole in memory. See `StoredBody.missing` for the rest.
  package func body(_ id: ExchangeID, _ part: BodyPart) throws(JournalError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readBody(id, part) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The kept bytes of a body in pieces of 128 KiB at most, in order.
  ///
  /// Throws `notFound` for a body that was not stored and `damaged` where stored bytes are not what was
  /// written; the pieces before that are good.
  package func readBody(
    _ id: ExchangeID, _ part: BodyPart, _ receive: (Bytes) -> Void
  ) throws(JournalError) {
    let id = try resolve(id.text)
    let rows = try blocks(of: id).filter { $0.bodyPart == part }
    guard !rows.isEmpty else { throw JournalError(.notFound, "exchange \(id) has no such body") }
    let decompressor = try BlockDecompressor()
    let key = BodyKey(exchange: id, part: part)
    var segment: (number: Int, reader: SegmentReader)?
    for row in BodyExtent(rows).kept {
      if segment?.number != row.segment {
        segment = (row.segment, try SegmentReader(path: directory.segment(row.segment)))
      }
      guard let record = try segment?.reader.record(at: row.offset, length: row.length),
        record.key == key, record.position == row.position, record.rawLength == row.rawLength
      else { throw JournalError(.damaged, "a block of exchange \(id) is not where the index says") }
      receive(try decompressor.decompress(record.frame, rawLength: record.rawLength)[...])
    }
  }

  /// What the client got, as far as it was kept: the leading bytes as an attempt received them, then
  /// what was stored as sent.
  package func clientResponse(_ id: ExchangeID) throws(JournalError) -> [UInt8] {
    let detail = try exchange(id)
    var bytes: [UInt8] = []
    let mirrored = BodyPart.responseReceived(attempt: detail.record.mirroredAttempt)
    if detail.body(mirrored) != nil {
      bytes = Array(try body(id, mirrored).prefix(detail.record.mirroredBytes))
    }
    if detail.body(.responseSent) != nil { bytes += try body(id, .responseSent) }
    return bytes
  }

  /// What an attempt sent, even if it is stored only as what the client sent.
  package func sentRequest(_ id: ExchangeID, attempt: Int) throws(JournalError) -> StoredBody? {
    try exchange(id).sentRequest(attempt: attempt)
  }

  /// When the kept bytes of an attempt's answer came, in order; empty when it is not known.
  package func times(of id: ExchangeID, attempt: Int) throws(JournalError) -> [ArrivalMark] {
    do throws(JournalError) {
      return ArrivalMarks.decode(try body(id, .responseTimes(attempt: attempt)))
    } catch  where error.code == .notFound {
      // The exchange must be there all the same.
      _ = try resolve(id.text)
      return []
    }
  }

  /// All blocks of an exchange, in order of part, attempt and position.
  func blocks(of id: ExchangeID) throws(JournalError) -> [BlockRow] {
    try read { db in try Self.blocks(db, of: id) }
  }

  private static func blocks(_ db: Database, of id: ExchangeID) throws -> [BlockRow] {
    try BlockRow.fetchAll(
      db, sql: "SELECT * FROM body_block WHERE exchange = ? ORDER BY part, attempt, position",
      arguments: [id.text])
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
    do {
      return try index.read(body)
    } catch {
      throw JournalError(.indexFailed, "cannot read \(directory.index): \(error)")
    }
  }
}
