import Pipeline

/// What the writer knows of an exchange that has not ended.
final class OpenExchange {
  /// A compressed block that waits in memory for the decision whether it is wanted.
  struct Block {
    var part: BodyPart
    var position: Int
    var rawLength: Int
    var frame: [UInt8]
  }

  /// How far a body is.
  struct Progress {
    var position = 0
    /// Set once a block was lost: what comes after it is of no use.
    var cut: BodyCut?
  }

  let id: ExchangeID
  /// It is wanted however it ends.
  var isDecided: Bool
  /// Nothing is held any more: what comes goes to the segment at once.
  var isSpilled: Bool
  var hasFailedAttempt = false
  var bodies: [BodyPart: Progress] = [:]
  var held: [Block] = []
  var heldBytes = 0
  /// Rows that enter the index only if the exchange turns out to be wanted.
  var undecided: [BlockRow] = []
  /// The first segment that has a block of it.
  var firstSegment: Int?

  init(id: ExchangeID, isDecided: Bool) {
    self.id = id
    self.isDecided = isDecided
    isSpilled = isDecided
  }

  /// Whether `record`, its end, is one of those to keep.
  func isWanted(_ record: ExchangeRecord, by types: JournalOptions.RequestTypes) -> Bool {
    switch types {
    case .all: true
    case .success: record.outcome == .completed
    case .failed: record.outcome != .completed || hasFailedAttempt
    }
  }
}
