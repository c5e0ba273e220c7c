import GRDB
import Pipeline

/// Deletes what is too old or too much: whole segment files, oldest first, and the rows that go with them.
struct Retention {
  /// Segment files from this one on stay: open exchanges have blocks in them.
  var firstNeeded: Int
  var olderThan: Int64?
  var bytes: Int?

  /// Rows go first and files after, so that no row ever names a file that retention took away.
  func apply(to index: JournalIndex, _ directory: JournalDirectory) throws(JournalError) {
    if let olderThan {
      try index.write { db in
        try JournalIndex.delete(db, exchanges: "arrived < ? AND outcome <> 'open'", [olderThan])
      }
    }
    var segments = try directory.segments()
    if let bytes {
      var total = segments.reduce(0) { $0 + $1.size }
      while total > bytes, let oldest = segments.first, oldest.number < firstNeeded {
        try forget(oldest.number, index)
        try directory.removeSegment(oldest.number)
        total -= oldest.size
        segments.removeFirst()
      }
    }
    let used = try index.write { db in
      try Set(Int.fetchAll(db, sql: "SELECT DISTINCT segment FROM body_block"))
    }
    for segment in segments where segment.number < firstNeeded && !used.contains(segment.number) {
      try directory.removeSegment(segment.number)
    }
  }

  private func forget(_ segment: Int, _ index: JournalIndex) throws(JournalError) {
    try index.write { db in
      let newest = try Int64.fetchOne(
        db,
        sql: """
          SELECT max(arrived) FROM exchange WHERE id IN (SELECT exchange FROM body_block WHERE segment = ?)
          """, arguments: [segment])
      try JournalIndex.delete(
        db, exchanges: "id IN (SELECT exchange FROM body_block WHERE segment = ?)", [segment])
      try db.execute(sql: "DELETE FROM body_block WHERE segment = ?", arguments: [segment])
      // Exchanges without bodies go when those of their time have gone.
      let oldestKept = try Int64.fetchOne(
        db,
        sql: """
          SELECT min(arrived) FROM exchange WHERE id IN (SELECT exchange FROM body_block WHERE segment > 0)
          """)
      if let limit = oldestKept ?? newest.map({ $0 + 1 }) {
        try JournalIndex.delete(db, exchanges: "arrived < ? AND outcome <> 'open'", [limit])
      }
    }
  }
}
