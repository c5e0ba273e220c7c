import Pipeline

/// Turns the bytes of bodies into blocks: compresses, holds or writes them, and notes where they are.
struct BodyWriter {
  /// Compressed bytes held for one undecided exchange, and for all of them.
  private static let heldLimit = (one: 256 << 10, all: 8 << 20)

  private let segments: SegmentWriter
  private let compressor: BlockCompressor
  private let monitor: JournalMonitor
  private var heldBytes = 0
  /// Rows of decided exchanges since they were last taken.
  private var rows: [BlockRow] = []
  /// Something was refused since the rows were last taken.
  private(set) var hasFailed = false

  /// The newest segment.
  var segment: Int { segments.number }

  init(segments: SegmentWriter, monitor: JournalMonitor) throws(JournalError) {
    self.segments = segments
    self.monitor = monitor
    compressor = try BlockCompressor()
  }

  /// Adds bytes to a body, as many blocks as they need.
  mutating func add(_ bytes: [UInt8], to part: BodyPart, of exchange: OpenExchange) {
    for start in stride(from: 0, to: bytes.count, by: blockSize) {
      store(bytes[start..<min(bytes.count, start + blockSize)], part, of: exchange)
      letOthersRun()
    }
  }

  /// The exchange is wanted: what is held goes to the segment, and all its rows count.
  mutating func keep(_ exchange: OpenExchange) {
    spill(exchange)
    rows.append(contentsOf: exchange.undecided)
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

  mutating func takeRows() -> [BlockRow] {
    defer {
      rows = []
      hasFailed = false
    }
    return rows
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
      let place = try segments.append(record.encoded())
      exchange.firstSegment = exchange.firstSegment ?? place.segment
      note(BlockRow(key, position: block.position, rawLength: block.rawLength, at: place), exchange)
    } catch {
      lose(block.rawLength, block.part, at: block.position, exchange, because: error)
    }
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
