import Pipeline

/// What waits for the writer, bounded: bytes by the queue's limit, rows by `rowLimit`.
///
/// Nothing here is known to threads or clocks; every event answers when the writer should wake.
struct QueueState {
  enum Wake: Equatable {
    case no
    /// When the timer of this number is due; the first entry of a batch asks for it.
    case later(timer: Int)
    case now
  }

  /// Rows are given up only beyond this many, which takes a disk that hangs.
  static let rowLimit = 10_000
  /// Beside the bytes themselves an entry costs about this much.
  private static let entryCost = 128

  let limit: Int
  private var batch = Batch()
  private var rows = 0
  /// Of batches taken and not yet written.
  private var costInFlight = 0
  private var admissions: [ExchangeID: [BodyPart: BodyAdmission]] = [:]
  /// The timer that counts; those set before it are void.
  private var timer: Int?
  private var timersSet = 0
  private var isSignalled = false
  private(set) var isClosed = false

  init(limit: Int) { self.limit = limit }

  /// Nil when the row had to be given up.
  mutating func begin(_ record: ExchangeRecord) -> Wake? {
    guard !isClosed else { return .no }
    admissions[record.id] = [:]
    return add(.begin(record))
  }

  mutating func end(_ attempt: AttemptRecord) -> Wake? {
    isClosed ? .no : add(.attempt(attempt))
  }

  mutating func end(_ record: ExchangeRecord) -> Wake? {
    guard !isClosed else { return .no }
    admissions[record.id] = nil
    return add(.end(record))
  }

  /// Bytes of an exchange that has not begun, or has ended, are nobody's and ignored.
  mutating func append(
    _ bytes: Bytes, to key: BodyKey, limit bodyLimit: Int?
  ) -> (wake: Wake, dropped: Int) {
    guard !isClosed, var admission = admissions[key.exchange]?[key.part, default: BodyAdmission()]
    else { return (.no, 0) }
    let room = limit - costInFlight - batch.cost - Self.entryCost
    let decision = admission.admit(bytes.count, limit: bodyLimit, room: room)
    admissions[key.exchange]?[key.part] = admission
    if let cut = admission.cut { batch.cuts[key] = cut }
    if decision.kept > 0 {
      batch.entries.append(.body(key, bytes.prefix(decision.kept)))
      batch.cost += decision.kept + Self.entryCost
    }
    return (batch.cost > limit / 4 ? wakeNow() : wakeLater(), decision.dropped)
  }

  mutating func flush(_ gate: Gate) -> Wake {
    batch.flushes.append(gate)
    return wakeNow()
  }

  mutating func close() -> Wake {
    isClosed = true
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

  mutating func take() -> Batch {
    defer { batch = Batch() }
    isSignalled = false
    timer = nil
    rows = 0
    costInFlight += batch.cost
    return batch
  }

  mutating func release(cost: Int) { costInFlight -= cost }

  private mutating func add(_ entry: Entry) -> Wake? {
    guard rows < Self.rowLimit else { return nil }
    rows += 1
    batch.entries.append(entry)
    return rows > Self.rowLimit / 10 ? wakeNow() : wakeLater()
  }

  private func wakeNow() -> Wake { isSignalled ? .no : .now }

  private mutating func wakeLater() -> Wake {
    guard timer == nil, !isSignalled else { return .no }
    timersSet += 1
    timer = timersSet
    return .later(timer: timersSet)
  }
}
