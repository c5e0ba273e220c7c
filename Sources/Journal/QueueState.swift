import Pipeline

/// What waits for the writer, and when it should wake. Rows are kept as they are; bytes gather in their bodies.
///
/// Nothing here is known to threads or clocks; every event answers when the writer should wake.
struct QueueState {
  enum Wake: Equatable {
    case no
    /// When the timer of this number is due; the first news of a batch asks for it.
    case later(timer: Int)
    case now
  }

  /// Rows are given up only beyond this many, which takes a disk that hangs for minutes: some 200 MB.
  static let rowLimit = 100_000
  /// So many rows are worth a transaction.
  private static let fullBatch = 1000

  private var batch = Batch()
  private var waiting: [OpenBody] = []
  /// Of exchanges that have begun and not ended.
  private var bodies: [ExchangeID: [OpenBody]] = [:]
  /// The timer that counts; those set before it are void.
  private var timer: Int?
  private var timersSet = 0
  private var isSignalled = false
  private(set) var isClosed = false

  /// Nil when the row had to be given up.
  mutating func begin(_ record: ExchangeRecord) -> Wake? {
    guard !isClosed else { return .no }
    bodies[record.id] = []
    guard hasRoom else { return nil }
    batch.begun.append(record)
    return wakeForRow()
  }

  /// Nil when the row had to be given up.
  mutating func end(_ ending: Ending) -> Wake? {
    guard !isClosed else { return .no }
    if case .exchange(let record) = ending { close(bodies.removeValue(forKey: record.id) ?? []) }
    guard hasRoom else { return nil }
    batch.ended.append(ending)
    return wakeForRow()
  }

  /// The body of this key, made if it is new; nil if its exchange has not begun or has ended.
  mutating func body(_ key: BodyKey, _ make: () -> OpenBody) -> OpenBody? {
    guard !isClosed, let known = bodies[key.exchange] else { return nil }
    if let body = known.first(where: { $0.key.part == key.part }) { return body }
    let body = make()
    bodies[key.exchange]?.append(body)
    return body
  }

  /// Something waits in a body.
  mutating func announce(_ body: OpenBody) -> Wake {
    guard !isClosed else { return .no }
    waiting.append(body)
    return wakeLater()
  }

  /// Much waits.
  mutating func hurry() -> Wake { wakeNow() }

  mutating func flush(_ gate: Gate) -> Wake {
    batch.flushes.append(gate)
    return wakeNow()
  }

  mutating func close() -> Wake {
    isClosed = true
    close(bodies.values.flatMap(\.self))
    // They refer to the queue, and it to them.
    bodies = [:]
    batch.isLast = true
    return wakeNow()
  }

  /// The writer is due; false when it is awake already.
  mutating func signal() -> Bool {
    defer { isSignalled = true }
    return !isSignalled
  }

  /// Whether the timer's number is up and the writer asleep.
  mutating func timerFired(_ number: Int) -> Bool { timer == number && signal() }

  /// The index refused a batch: it is to be tried again even if nothing new comes.
  mutating func retry() -> Wake { wakeLater() }

  /// The batch, and the bodies whose bytes belong to it.
  mutating func take() -> (batch: Batch, waiting: [OpenBody]) {
    defer {
      batch = Batch()
      waiting = []
    }
    isSignalled = false
    timer = nil
    return (batch, waiting)
  }

  /// What bodies held back is due now.
  private mutating func close(_ bodies: [OpenBody]) {
    for body in bodies where body.close() { waiting.append(body) }
  }

  private var rows: Int { batch.begun.count + batch.ended.count }
  private var hasRoom: Bool { rows < Self.rowLimit }

  private mutating func wakeForRow() -> Wake { rows > Self.fullBatch ? wakeNow() : wakeLater() }

  private func wakeNow() -> Wake { isSignalled ? .no : .now }

  private mutating func wakeLater() -> Wake {
    guard timer == nil, !isSignalled else { return .no }
    timersSet += 1
    timer = timersSet
    return .later(timer: timersSet)
  }
}
