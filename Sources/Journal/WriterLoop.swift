import Foundation
import Pipeline
import Synchronization

/// The thread that drains the queue. It sleeps until the queue has something for it.
final class WriterLoop: Sendable {
  private let queue: EntryQueue
  private let writer: Mutex<JournalWriter>
  /// Held while the journal is open: one writer a directory, whatever the number of processes.
  private let lock: Mutex<File?>
  private let stopped = Gate()

  init(queue: EntryQueue, writer: sending JournalWriter, lock: sending File) {
    self.queue = queue
    self.writer = Mutex(writer)
    self.lock = Mutex(lock)
  }

  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "journal"
    thread.start()
  }

  /// Returns once the thread has written its last and let go of the files.
  func waitUntilStopped() async { await stopped.wait() }

  private func run() {
    lowerPriorityOfThisThread()
    while true {
      let batch = queue.take()
      let retry = writer.withLock { $0.write(batch) }
      queue.release(batch)
      if batch.isLast {
        stop()
      } else if let retry {
        queue.retry(after: retry)
      }
      for gate in batch.flushes { gate.open() }
      if batch.isLast { return stopped.open() }
    }
  }

  private func stop() {
    writer.withLock { $0.close() }
    lock.withLock { $0 = nil }
  }
}
