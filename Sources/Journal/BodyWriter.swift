import Pipeline

/// Turns the bytes of bodies into blocks: compresses, holds or writes them, and notes where they are.
struct BodyWriter {
  /// Compressed bytes held for one undecided exchange, and for all of them.
  private static let heldLimit = (one: 256 << 10, all: 8 << 20)
  /// So many bytes of records are written together.
  private static let writeSize = 256 << 10

  private struct Unwritten {
    var row: BlockRow
    var part: BodyPart
    var exchange: OpenExchange
  }

  private let segments: SegmentWriter
  private let compressor: BlockCompressor
  private let monitor: JournalMonitor
  private let rest: Rest
  private var heldBytes = 0
  /// Blocks whose records are still in memory, in the order they came.
  private var unwritten: [Unwritten] = []
  /// Rows of decided exchanges since they were last taken.
  private var rows: [BlockRow] = []
  /// Something was refused since the rows were last taken.
  private var hasFailed = false

  /// The newest segment.
  var segment: Int { segments.number }

  init(segments: SegmentWriter, rest: Rest, monitor: JournalMonitor) throws(JournalError) {
    self.segments = segments
    self.rest = rest
    self.monitor = monitor
    compressor = try BlockCompressor()
  }

  /// Adds bytes to a body, as many blocks as they need.
  mutating func add(_ bytes: [UInt8], to part: BodyPart, of exchange: OpenExchange) {
    for start in stride(from: 0, to: bytes.count, by: blockSize) {
      store(bytes[start..<min(bytes.count, start + blockSize)], part, of: exchange)
      rest.letOthersRun()
    }
  }

  /// The exchange is wanted: what is held goes to the segment, and all its rows count.
  mutating func keep(_ exchange: OpenExchange) {
    spill(exchange)
    exchange.isDecided = true
    rows.append(contentsOf: exchange.undecided)
    exchange.undecided = []
  }

  /// The exchange is not wanted. What is in segments already stays there, unknown to the index, until
  /// retention takes the file.
  mutating func discard(_ exchange: OpenExchange) {
    heldBytes -= exchange.heldBytes
  }

  /// Marks the end of a body as missing.
  mutating func note(_ cut: BodyCut, of part: BodyPart, of exchange: OpenExchange) {
    let key = BodyKey(exchange: exchange.id, part: part)
    note(BlockRow(missing: cut.count, of: key, position: cut.position), exchange)
  }

  /// Writes what has gathered, and hands over the rows of everything so far.
  ///
  /// - Returns: also whether all bytes since the last time are in their segments.
  mutating func takeRows() -> (rows: [BlockRow], isWhole: Bool) {
    flush()
    defer {
      rows = []
      hasFailed = false
    }
    return (rows, !hasFailed)
  }

  private mutating func store(_ raw: Bytes, _ part: BodyPart, of exchange: OpenExchange) {
    let progress = exchange.bodies[part, default: OpenExchange.Progress()]
    exchange.bodies[part, default: progress].position += raw.count
    do {
      let frame = try compressor.compress(raw)
      hold(
        OpenExchange.Block(part: part, position: progress.position, rawLength: raw.count, frame: frame),
        exchange)
    } catch {
      lose(raw.count, part, at: progress.position, exchange, because: error)
    }
  }

  private mutating func hold(_ block: OpenExchange.Block, _ exchange: OpenExchange) {
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

  private mutating func write(_ block: OpenExchange.Block, _ exchange: OpenExchange) {
    guard exchange.bodies[block.part]?.cut == nil else {
      return lose(block.rawLength, block.part, at: block.position, exchange, because: nil)
    }
    let key = BodyKey(exchange: exchange.id, part: block.part)
    let record = SegmentRecord(
      key: key, position: block.position, rawLength: block.rawLength, frame: block.frame[...])
    do {
      let place = try segments.append(record)
      exchange.firstSegment = exchange.firstSegment ?? place.segment
      let row = BlockRow(key, position: block.position, rawLength: block.rawLength, at: place)
      unwritten.append(Unwritten(row: row, part: block.part, exchange: exchange))
    } catch {
      loseUnwritten(because: error)
      lose(block.rawLength, block.part, at: block.position, exchange, because: error)
    }
    if segments.pending >= Self.writeSize { flush() }
  }

  private mutating func flush() {
    do {
      try segments.flush()
      for written in unwritten { note(written.row, written.exchange) }
      unwritten.removeAll(keepingCapacity: true)
    } catch {
      loseUnwritten(because: error)
    }
  }

  private mutating func loseUnwritten(because error: JournalError) {
    for lost in unwritten {
      lose(lost.row.rawLength, lost.part, at: lost.row.position, lost.exchange, because: error)
    }
    unwritten = []
  }

  /// Marks bytes as missing; from here on the body has an end, not a hole.
  private mutating func lose(
    _ count: Int, _ part: BodyPart, at position: Int, _ exchange: OpenExchange, because error: JournalError?
  ) {
    if let error {
      hasFailed = true
      monitor.failed(error)
    }
    var cut = exchange.bodies[part]?.cut ?? BodyCut(position: position, count: 0)
    cut.count += count
    exchange.bodies[part, default: OpenExchange.Progress()].cut = cut
    monitor.dropped(bytes: count)
    note(cut, of: part, of: exchange)
  }

  private mutating func note(_ row: BlockRow, _ exchange: OpenExchange) {
    if exchange.isDecided {
      rows.append(row)
    } else {
      exchange.undecided.append(row)
    }
  }
}
