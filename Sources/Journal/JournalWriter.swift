import Pipeline

/// Turns batches into segment records and index rows. Used by one thread at a time.
///
/// Segment bytes are written before the row that names them. After a batch nothing of it is in memory only,
/// except rows the index refused, which are tried again, and blocks of exchanges that the request types may
/// not want, which are held up to a limit until the exchange ends.
struct JournalWriter {
  /// A refused transaction is repeated whole, so not too often.
  private static let retryDelay: Duration = .seconds(5)
  /// Rows that wait for a disk that refuses them.
  private static let retryLimit = 10_000

  private let options: JournalOptions
  private let directory: JournalDirectory
  private let time: any TimeSource
  private let monitor: JournalMonitor
  private let index: JournalIndex
  private let rest: Rest
  private var bodies: BodyWriter
  private var open: [ExchangeID: OpenExchange] = [:]
  /// Since the last commit.
  private var changes: [IndexChange] = []
  /// Where among them the exchanges are that have begun: those that end too need one row, not two.
  private var begun: [ExchangeID: Int] = [:]
  /// Set while the index refuses changes: not to be asked again before then.
  private var retryTime: MonotonicTime?
  private var retentionSegment: Int
  private var nextRetention: MonotonicTime

  init(
    options: JournalOptions, directory: JournalDirectory, index: JournalIndex, time: any TimeSource,
    monitor: JournalMonitor
  ) throws(JournalError) {
    self.options = options
    self.directory = directory
    self.index = index
    self.time = time
    self.monitor = monitor
    let segments = try SegmentWriter(directory: directory, limit: options.segmentSize)
    rest = Rest(time: time)
    bodies = try BodyWriter(segments: segments, rest: rest, monitor: monitor)
    retentionSegment = segments.number
    nextRetention = time.now
    retainIfDue()
  }

  /// Writes and commits a batch; returns when to try again if the index refused it.
  mutating func write(_ batch: Batch) -> Duration? {
    for record in batch.begun { begin(record) }
    // The bytes that came before the end of an exchange are in this batch or were in an earlier one. Its own
    // are taken right before its end: what is held until then is held for as few as possible.
    var pieces = Dictionary(grouping: batch.bodies, by: \.key.exchange)
    for ending in batch.ended {
      if case .exchange(let record) = ending { take(pieces.removeValue(forKey: record.id) ?? []) }
      take(ending)
      rest.letOthersRun()
    }
    for rest in pieces.values { take(rest) }
    let (blocks, isSegmentWritten) = bodies.takeRows()
    changes.append(contentsOf: blocks.map(IndexChange.block))
    // Who flushes wants to know now.
    if let retryTime, time.now < retryTime, batch.flushes.isEmpty, !batch.isLast {
      keepForRetry()
    } else if commit() {
      if isSegmentWritten { monitor.committed() }
      retainIfDue()
    }
    return retryTime.map { $0 - time.now }
  }

  mutating func close() {
    if !changes.isEmpty { monitor.lost(rows: changes.count) }
    do { try index.close() } catch { monitor.failed(error) }
  }

  private mutating func begin(_ record: ExchangeRecord) {
    open[record.id] = OpenExchange(id: record.id, isDecided: options.requestTypes == .all)
    begun[record.id] = changes.count
    changes.append(.exchange(ExchangeRow(record)))
  }

  private mutating func take(_ pieces: [BodyPiece]) {
    guard let id = pieces.first?.key.exchange, let exchange = open[id] else { return }
    for piece in pieces {
      bodies.add(piece.bytes, to: piece.key.part, of: exchange)
      if let cut = piece.cut { bodies.note(cut, of: piece.key.part, of: exchange) }
    }
  }

  private mutating func take(_ ending: Ending) {
    switch ending {
    case .attempt(let record):
      if record.failureCode != nil { open[record.exchange]?.hasFailedAttempt = true }
      changes.append(.attempt(AttemptRow(record)))
    case .exchange(let record): finish(record)
    }
  }

  private mutating func finish(_ record: ExchangeRecord) {
    if let exchange = open.removeValue(forKey: record.id) {
      guard exchange.isWanted(record, by: options.requestTypes) else {
        bodies.discard(exchange)
        return changes.append(.forget(record.id))
      }
      bodies.keep(exchange)
    }
    if let index = begun[record.id] {
      changes[index] = .exchange(ExchangeRow(record))
    } else {
      changes.append(.exchange(ExchangeRow(record)))
    }
  }

  private mutating func commit() -> Bool {
    begun.removeAll(keepingCapacity: true)
    do {
      if !changes.isEmpty { try index.apply(changes, rest) }
      changes.removeAll(keepingCapacity: changes.count < 1000)
      retryTime = nil
      return true
    } catch {
      retryTime = time.now + Self.retryDelay
      monitor.failed(error)
      keepForRetry()
      return false
    }
  }

  private mutating func keepForRetry() {
    begun.removeAll(keepingCapacity: true)
    // The oldest go first: the row at the end of an exchange says all that the one at its beginning said.
    let excess = changes.count - Self.retryLimit
    if excess > 0 {
      changes.removeFirst(excess)
      monitor.lost(rows: excess)
    }
    monitor.waiting(rows: changes.count)
  }

  private mutating func retainIfDue() {
    guard bodies.segment > retentionSegment || time.now >= nextRetention else { return }
    retentionSegment = bodies.segment
    nextRetention = time.now + .seconds(3600)
    let firstNeeded = open.values.compactMap(\.firstSegment).min() ?? bodies.segment
    let age = options.retentionDays.map { Int64($0) * 86_400_000 }
    let retention = Retention(
      firstNeeded: min(firstNeeded, bodies.segment), olderThan: age.map { time.wallMilliseconds - $0 },
      bytes: options.retentionBytes)
    do { try retention.apply(to: index, directory) } catch { monitor.failed(error) }
  }
}
