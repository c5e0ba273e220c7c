import Pipeline

/// One call of the flow, waiting for the writer.
enum Entry: Sendable {
  // Records are large and rare: a box keeps the array of entries small.
  indirect case begin(ExchangeRecord)
  indirect case attempt(AttemptRecord)
  indirect case end(ExchangeRecord)
  case body(BodyKey, Bytes)
}

/// What the writer takes from the queue in one go and commits as one transaction.
struct Batch: Sendable {
  var entries: [Entry] = []
  /// Where bodies end early, and how many of their bytes are missing so far.
  var cuts: [BodyKey: BodyCut] = [:]
  /// Memory of the entries, given back once they are written.
  var cost = 0
  /// Opened once the batch is committed.
  var flushes: [Gate] = []
  /// Nothing comes after it.
  var isLast = false
}

/// The end of a body that was not kept.
struct BodyCut: Equatable, Sendable {
  /// Bytes kept before it.
  var position: Int
  /// Bytes missing.
  var count: Int
}
