import GRDB
import Pipeline

/// Brings index and segments back in step on start, whatever end the last run had.
struct Recovery {
  let directory: JournalDirectory
  let index: JournalIndex

  /// Opens the index, starting a new one if it is unusable, and mends what does not fit.
  ///
  /// The notices say what was lost or moved, one sentence each.
  static func open(
    _ directory: JournalDirectory, wallMilliseconds: Int64
  ) throws(JournalError) -> (index: JournalIndex, notices: [String]) {
    do {
      return try openIndex(directory)
    } catch let error where error.code == .damaged {
      let moved = try directory.moveIndexAside(wallMilliseconds: wallMilliseconds)
      let (index, notices) = try openIndex(directory)
      let notice =
        "The journal's index could not be used: \(error.detail). It was moved to \(moved) and a new one started."
      return (index, [notice] + notices)
    }
  }

  private static func openIndex(
    _ directory: JournalDirectory
  ) throws(JournalError) -> (index: JournalIndex, notices: [String]) {
    // SQLite would make it readable for everybody; the side files take their mode from it.
    _ = try File(directory.index, .update)
    let index = try JournalIndex(path: directory.index)
    let recovery = Recovery(directory: directory, index: index)
    guard index.isNew else {
      try recovery.mend()
      return (index, [])
    }
    let found = try recovery.rebuild()
    let notice = "Bodies of \(found) exchanges were found in segment files and indexed again."
    return (index, found > 0 ? [notice] : [])
  }

  /// After an ordinary end, or a kill in the middle of a write.
  private func mend() throws(JournalError) {
    let segments = try directory.segments()
    try index.write { db in
      let sizes = Dictionary(uniqueKeysWithValues: segments.map { ($0.number, $0.size) })
      for number in try Int.fetchAll(db, sql: "SELECT DISTINCT segment FROM body_block WHERE segment > 0") {
        try db.execute(
          sql: """
            UPDATE body_block SET segment = 0, offset = 0, length = 0
            WHERE segment = ? AND offset + length > ?
            """, arguments: [number, sizes[number] ?? 0])
      }
      try db.execute(
        sql: """
          UPDATE exchange SET outcome = 'failed', failure_code = 'process_ended',
            failure_detail = 'The proxy ended before this exchange did.'
          WHERE id IN (SELECT id FROM exchange INDEXED BY exchange_figures WHERE outcome = 'open')
          """)
    }
    guard let newest = segments.last else { return }
    let indexed = try index.write { db in
      try Int.fetchOne(
        db, sql: "SELECT max(offset + length) FROM body_block WHERE segment = ?", arguments: [newest.number])
    }
    let reader = try SegmentReader(path: directory.segment(newest.number))
    try cutTail(of: newest, at: reader.scan(from: indexed ?? 0) { _, _, _ in })
  }

  /// With a new index: reads every segment; returns the number of exchanges found.
  private func rebuild() throws(JournalError) -> Int {
    var exchanges: Set<ExchangeID> = []
    let segments = try directory.segments()
    for segment in segments {
      var changes: [IndexChange] = []
      let end = try SegmentReader(path: directory.segment(segment.number)).scan(from: 0) {
        record, offset, length in
        let id = record.key.exchange
        if exchanges.insert(id).inserted { changes.append(.exchange(ExchangeRow(recovered: id))) }
        let place = SegmentWriter.Place(segment: segment.number, offset: offset, length: length)
        changes.append(
          .block(
            BlockRow(record.key, position: record.position, rawLength: record.rawLength, at: place)))
      }
      try index.apply(changes)
      if segment == segments.last { try cutTail(of: segment, at: end) }
    }
    return exchanges.count
  }

  private func cutTail(of segment: JournalDirectory.Segment, at end: Int) throws(JournalError) {
    guard end < segment.size else { return }
    try File(directory.segment(segment.number), .update).truncate(to: end)
  }
}
