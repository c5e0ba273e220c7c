import Pipeline

/// Turns batches into segment records and index rows. Used by one thread at a time.
///
/// Segment bytes are written before the row that names them. After a batch nothing of it is in memory only,
/// except rows the index refused, which are tried again, and blocks of exchanges that the request types may
/// not want, which are held up to a limit until the exchange ends.
struct JournalWriter {
  /// Compressed bytes held for one undecided exchange, and for all of them.
  private static let heldLimit = (one: 256 << 10, all: 8 << 20)
  /// A refused transaction is repeated whole, so not too often.
  private static let retryDelay: Duration = .seconds(5)

  private let options: JournalOptions
  private let directory: JournalDirectory
  private let time: any TimeSource
  private let monitor: JournalMonitor
  private let index: JournalIndex
  private let segments: SegmentWriter
  private let compressor: BlockCompressor
  private var open: [ExchangeID: OpenExchange] = [:]
  private var heldBytes = 0
  /// Pieces of this batch that do not fill a block yet.
  private var gathered: [BodyKey: [UInt8]] = [:]
  private var changes: [IndexChange] = []
  /// Set while the index refuses changes: not to be asked again before then.
  private var retryTime: MonotonicTime?
  /// A segment refused bytes of this batch.
  private var hasFailed = false
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
    segments = try SegmentWriter(directory: directory, limit: options.segmentSize)
    compressor = try BlockCompressor()
    retentionSegment = segments.number
    nextRetention = time.now
    retainIfDue()
  }

  /// Writes and commits a batch; returns when to try again if the index refused it.
  mutating func write(_ batch: Batch) -> Duration? {
    hasFailed = false
    // Before the entries: the end of an exchange may be among them, and nothing may follow that.
    for (key, cut) in batch.cuts {
      note(BlockRow(missing: cut.count, of: key, position: cut.position), of: open[key.exchange])
    }
    for entry in batch.entries { take(entry) }
    for key in gathered.keys { storeGathered(key) }
    // Who flushes wants to know now.
    if let retryTime, time.now < retryTime, batch.flushes.isEmpty, !batch.isLast {
      keepForRetry()
    } else if commit() {
      retainIfDue()
    }
    return retryTime.map { $0 - time.now }
  }

  mutating func close() {
    if !changes.isEmpty { monitor.lost(rows: changes.count) }
    do { try index.close() } catch { monitor.failed(error) }
  }

  private mutating func take(_ entry: Entry) {
    switch entry {
    case .begin(let record):
      open[record.id] = OpenExchange(isDecided: options.requestTypes == .all)
      changes.append(.exchange(ExchangeRow(record)))
    case .body(let key, let bytes):
      gather(bytes, for: key)
    case .attempt(let record):
      if record.failureCode != nil { open[record.exchange]?.hasFailedAttempt = true }
      changes.append(.attempt(AttemptRow(record)))
    case .end(let record):
      for key in gathered.keys where key.exchange == record.id { storeGathered(key) }
      finish(record)
    }
  }

  private mutating func finish(_ record: ExchangeRecord) {
    if let exchange = open.removeValue(forKey: record.id) {
      guard exchange.isWanted(record, by: options.requestTypes) else {
        heldBytes -= exchange.heldBytes
        return changes.append(.forget(record.id))
      }
      spill(exchange)
      changes.append(contentsOf: exchange.undecided.map(IndexChange.block))
    }
    changes.append(.exchange(ExchangeRow(record)))
  }

  private mutating func commit() -> Bool {
    do {
      if !changes.isEmpty { try index.apply(changes) }
      changes.removeAll(keepingCapacity: changes.count < 1000)
      retryTime = nil
      if !hasFailed { monitor.committed() }
      return true
    } catch {
      retryTime = time.now + Self.retryDelay
      monitor.failed(error)
      keepForRetry()
      return false
    }
  }

  private mutating func keepForRetry() {
    // The oldest go first: the row at the end of an exchange says all that the one at its beginning said.
    let excess = changes.count - QueueState.rowLimit
    if excess > 0 {
      changes.removeFirst(excess)
      monitor.lost(rows: excess)
    }
    monitor.waiting(rows: changes.count)
  }

  private mutating func retainIfDue() {
    guard segments.number > retentionSegment || time.now >= nextRetention else { return }
    retentionSegment = segments.number
    nextRetention = time.now + .seconds(3600)
    let age = options.retentionDays.map { Int64($0) * 86_400_000 }
    let retention = Retention(
      firstNeeded: open.values.compactMap(\.firstSegment).min().map { min($0, segments.number) }
        ?? segments.number,
      olderThan: age.map { time.wallMilliseconds - $0 }, bytes: options.retentionBytes)
    do { try retention.apply(to: index, directory) } catch { monitor.failed(error) }
  }
}

// Bodies: bytes are gathered into blocks, blocks are compressed, held or written.
extension JournalWriter {
  private mutating func gather(_ bytes: Bytes, for key: BodyKey) {
    var buffer = gathered.removeValue(forKey: key) ?? []
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest.prefix(blockSize - buffer.count)
      rest = rest.dropFirst(piece.count)
      if piece.count == blockSize {
        store(piece, of: key)
        continue
      }
      buffer.append(contentsOf: piece)
      if buffer.count == blockSize {
        store(buffer[...], of: key)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    if !buffer.isEmpty { gathered[key] = buffer }
  }

  private mutating func storeGathered(_ key: BodyKey) {
    if let buffer = gathered.removeValue(forKey: key) { store(buffer[...], of: key) }
  }

  private mutating func store(_ raw: Bytes, of key: BodyKey) {
    guard let exchange = open[key.exchange] else { return }
    let progress = exchange.bodies[key.part, default: OpenExchange.Progress()]
    exchange.bodies[key.part, default: progress].position += raw.count
    guard progress.cut == nil else {
      return lose(raw.count, of: key, at: progress.position, exchange)
    }
    do {
      let block = OpenExchange.HeldBlock(
        key: key, position: progress.position, rawLength: raw.count, frame: try compressor.compress(raw))
      hold(block, exchange)
    } catch {
      fail(error)
      lose(raw.count, of: key, at: progress.position, exchange)
    }
  }

  private mutating func hold(_ block: OpenExchange.HeldBlock, _ exchange: OpenExchange) {
    let size = block.frame.count
    if !exchange.isSpilled, exchange.heldBytes + size <= Self.heldLimit.one,
      heldBytes + size <= Self.heldLimit.all
    {
      exchange.held.append(block)
      exchange.heldBytes += size
      heldBytes += size
    } else {
      spill(exchange)
      write(block, exchange)
    }
  }

  private mutating func spill(_ exchange: OpenExchange) {
    for block in exchange.held { write(block, exchange) }
    heldBytes -= exchange.heldBytes
    exchange.held = []
    exchange.heldBytes = 0
    exchange.isSpilled = true
  }

  private mutating func write(_ block: OpenExchange.HeldBlock, _ exchange: OpenExchange) {
    guard exchange.bodies[block.key.part]?.cut == nil else {
      return lose(block.rawLength, of: block.key, at: block.position, exchange)
    }
    let record = SegmentRecord(
      key: block.key, position: block.position, rawLength: block.rawLength, frame: block.frame[...])
    do {
      let place = try segments.append(record.encoded())
      exchange.firstSegment = exchange.firstSegment ?? place.segment
      note(BlockRow(block.key, position: block.position, rawLength: block.rawLength, at: place), of: exchange)
    } catch {
      fail(error)
      lose(block.rawLength, of: block.key, at: block.position, exchange)
    }
  }

  private mutating func fail(_ error: JournalError) {
    hasFailed = true
    monitor.failed(error)
  }

  /// Marks bytes as missing; from here on the body has an end, not a hole.
  private mutating func lose(_ count: Int, of key: BodyKey, at position: Int, _ exchange: OpenExchange) {
    var cut = exchange.bodies[key.part]?.cut ?? BodyCut(position: position, count: 0)
    cut.count += count
    exchange.bodies[key.part, default: OpenExchange.Progress()].cut = cut
    monitor.dropped(bytes: count)
    note(BlockRow(missing: cut.count, of: key, position: cut.position), of: exchange)
  }

  private mutating func note(_ row: BlockRow, of exchange: OpenExchange?) {
    if let exchange, options.requestTypes != .all {
      exchange.undecided.append(row)
    } else {
      changes.append(.block(row))
    }
  }
}
