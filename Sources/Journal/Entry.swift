import Pipeline

/// The end of an attempt or of an exchange, waiting for the writer.
enum Ending: Sendable {
  // Records are large: a box keeps the array of them small.
  indirect case attempt(AttemptRecord)
  indirect case exchange(ExchangeRecord)
}

/// What the writer takes from the queue in one go and commits as one transaction.
struct Batch: Sendable {
  var begun: [ExchangeRecord] = []
  var bodies: [BodyPiece] = []
  /// In the order in which they happened.
  var ended: [Ending] = []
  /// Opened once the batch is committed.
  var flushes: [Gate] = []
  /// Nothing comes after it.
  var isLast = false

  /// Bytes of bodies, whose memory is given back once they are written.
  var cost: Int { bodies.reduce(0) { $0 + $1.bytes.count } }
}

/// What came of one body since the batch before.
struct BodyPiece: Sendable {
  var key: BodyKey
  var bytes: [UInt8]
  /// Where the body ends early, and how many of its bytes are missing so far.
  var cut: BodyCut?
}

/// The end of a body that was not kept.
struct BodyCut: Equatable, Sendable {
  /// Bytes kept before it.
  var position: Int
  /// Bytes missing.
  var count: Int
}
