package import Pipeline

/// Everything the journal has of one exchange but the bytes of its bodies.
package struct ExchangeDetail: Sendable {
  package var record: ExchangeRecord
  /// In order of their numbers.
  package var attempts: [AttemptRecord]
  /// Without the times of bytes, which are no bodies (`JournalReader.times`).
  package var bodies: [StoredBody]

  /// The body a part was stored as, nil when it was not.
  package func body(_ part: BodyPart) -> StoredBody? { bodies.first { $0.part == part } }

  /// What an attempt sent: its own request, or the one received when that is the same.
  package func sentRequest(attempt: Int) -> StoredBody? {
    body(.requestSent(attempt: attempt)) ?? body(.requestReceived)
  }
}

/// A body in the journal: what was kept of it and what was not.
package struct StoredBody: Sendable, Hashable {
  package var part: BodyPart
  /// Bytes kept, from the first on.
  package var rawLength: Int
  /// Bytes after them that passed and were not kept.
  package var missing: Int

  package var isTruncated: Bool { missing > 0 }

  package init(part: BodyPart, rawLength: Int, missing: Int) {
    self.part = part
    self.rawLength = rawLength
    self.missing = missing
  }
}

/// The stretches of one body in order of position.
struct BodyExtent {
  /// Those that can be read, without a gap from the first byte on.
  private(set) var kept: [BlockRow] = []
  private(set) var rawLength = 0
  /// Bytes of the whole body, as far as known.
  private(set) var total = 0

  init(_ rows: [BlockRow]) {
    for row in rows {
      if !row.isMissing, row.position == rawLength {
        kept.append(row)
        rawLength += row.rawLength
      }
      total = max(total, row.position + row.rawLength)
    }
  }
}
