package import Pipeline

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// When a thread that works long gives way to others: a scheduler lets it keep its processor for some milliseconds,
/// and an event of a stream cannot wait that long.
///
/// Whoever gets the processor may keep it as long, and on a machine that is busy with other things somebody always
/// wants it. So the thread works for as long as it was away before it gives way again: it has half of its share at
/// least.
///
/// Used by one thread at a time.
package final class Rest {
  /// The shortest time between two rests.
  package static let interval = Duration.microseconds(50)

  private let time: any TimeSource
  private let giveWay: () -> Void
  private var due: MonotonicTime

  package init(time: any TimeSource, giveWay: @escaping () -> Void = { sched_yield() }) {
    self.time = time
    self.giveWay = giveWay
    due = time.now + Self.interval
  }

  /// Between two pieces of work: lets a thread run that waits for the calling one's processor, if it is time.
  package func letOthersRun() {
    let start = time.now
    guard start >= due else { return }
    giveWay()
    let end = time.now
    due = end + max(Self.interval, end - start)
  }
}
