import Pipeline

/// Turns batches into segment records and index rows. Used by one thread at a time.
///
/// Segment bytes are written before the row that names them. After a batch nothing of it is in memory only,
/// except rows the index refused, which are tried again, and blocks of exchanges that the request types may
/// not want, which are held up to a limit until the exchange ends.
struct JournalWriter {
  /// A refused transaction is repeated whole, so not too often.
  private static let retryDelay: Duration = .seconds(5)

  private let options: JournalOptions
  private let directory: JournalDirectory
  private let time: any TimeSource
  private let monitor: JournalMonitor
  private let index: JournalIndex
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
    bodies = try BodyWriter(segments: segments, monitor: monitor)
    retentionSegment = segments.number
    nextRetention = time.now
    retainIfDue()
  }

  /// Writes and commits a batch; returns when to try again if the index refused it.
  mutating func write(_ batch: Batch) -> Duration? {
    for entry in batch.entries { take(entry, batch) }
    for (key, cut) in batch.cuts {
      if let exchange = open[key.exchange] { bodies.note(cut, of: key.part, of: exchange) }
    }
    for exchange in open.values { bodies.store(gatheredOf: exchange) }
    let isSegmentWritten = !bodies.hasFailed
    changes.append(contentsOf: bodies.takeRows().map(IndexChange.block))
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

  private mutating func take(_ entry: Entry, _ batch: Batch) {
    switch entry {
    case .begin(let record):
      open[record.id] = OpenExchange(id: record.id, isDecided: options.requestTypes == .all)
      begun[record.id] = changes.count
      changes.append(.exchange(ExchangeRow(record)))
    case .body(let key, let bytes):
      if let exchange = open[key.exchange] { bodies.add(bytes, to: key.part, of: exchange) }
    case .attempt(let record):
      if record.failureCode != nil { open[record.exchange]?.hasFailedAttempt = true }
      changes.append(.attempt(AttemptRow(record)))
    case .end(let record):
      finish(record, batch)
    }
  }

  private mutating func finish(_ record: ExchangeRecord, _ batch: Batch) {
    if let exchange = open.removeValue(forKey: record.id) {
      guard exchange.isWanted(record, by: options.requestTypes) else {
        bodies.discard(exchange)
        return changes.append(.forget(record.id))
      }
      for (key, cut) in batch.cuts where key.exchange == record.id {
        bodies.note(cut, of: key.part, of: exchange)
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
      if !changes.isEmpty { try index.apply(changes) }
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
    let excess = changes.count - QueueState.rowLimit
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
