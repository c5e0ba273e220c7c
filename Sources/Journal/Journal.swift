package import Pipeline

/// The log of all requests: bodies in zstd segment files, everything else in an SQLite index beside them.
///
/// Calls cost a lock and a copy; a thread of its own writes, in batches, at most one commit
/// interval after the oldest entry. A kill loses that much. Rows are not dropped; bodies lose their end,
/// marked with the number of bytes missing, when the disk cannot keep up. With the request types `failed`
/// and `success` the bodies of an exchange may stay in memory until its end, and a kill loses those too.
package final class Journal: ExchangeLog {
  /// What start-up found damaged and how it was mended, for people; empty as a rule.
  package let notices: [String]
  private let options: JournalOptions
  private let queue: EntryQueue
  private let loop: WriterLoop
  private let monitor: JournalMonitor

  /// Opens the journal in its directory, which is made when missing, after whatever end the last run had.
  ///
  /// Exchanges of earlier runs that are still open become failed ones with the code `process_ended`. A
  /// second journal on the same directory throws `inUse`, in this process or another.
  /// - Parameter log: Gets one line a minute at most while the journal cannot write.
  package init(
    options: JournalOptions, time: any TimeSource, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(JournalError) {
    try options.check()
    let directory = JournalDirectory(path: options.directory)
    try directory.make()
    let lock = try File(directory.lock, .update)
    guard lock.tryLock() else {
      throw JournalError(.inUse, "another process writes to the journal in \(options.directory)")
    }
    let monitor = JournalMonitor(time: time, log: log)
    let (index, notices) = try Recovery.open(directory, wallMilliseconds: time.wallMilliseconds)
    let writer = try JournalWriter(
      options: options, directory: directory, index: index, time: time, monitor: monitor)
    self.options = options
    self.notices = notices
    self.monitor = monitor
    queue = EntryQueue(options: options, time: time, monitor: monitor)
    loop = WriterLoop(queue: queue, writer: writer, lock: lock)
    loop.start()
  }

  deinit { queue.close() }

  /// How well it keeps up.
  package var health: JournalHealth { monitor.health }

  /// The same with what waits, for showing.
  package var status: JournalStatus { JournalStatus(monitor.health, queuedBytes: queue.queuedBytes) }

  package func begin(_ exchange: ExchangeRecord) { queue.begin(exchange) }

  package func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? {
    let policy = options.policy(for: part)
    guard policy != .none else { return nil }
    return queue.body(BodyKey(exchange: exchange, part: part), limit: policy.limit)
  }

  package func end(_ attempt: AttemptRecord) { queue.end(.attempt(attempt)) }

  package func end(_ exchange: ExchangeRecord) { queue.end(.exchange(exchange)) }

  /// Returns once everything enqueued so far is committed, or was refused by the disk (see `health`).
  package func flush() async {
    let gate = Gate()
    guard queue.flush(gate) else { return await loop.waitUntilStopped() }
    await gate.wait()
  }

  /// Writes what is there, then closes all files. Later calls are ignored.
  package func close() async {
    queue.close()
    await loop.waitUntilStopped()
  }
}
