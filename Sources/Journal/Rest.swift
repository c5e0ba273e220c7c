#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a thread that works long gives way: a scheduler lets it keep its processor for some milliseconds, and an
/// event of a stream cannot wait that long.
///
/// For one thread at a time.
final class Rest: @unchecked Sendable {
  // Sendable because its owners are used by one thread at a time.
  private static let interval = Duration.microseconds(50)

  private var due = ContinuousClock.now

  /// Between two pieces of work: lets a thread run that waits for the calling one's processor, if it is time.
  func letOthersRun() {
    guard ContinuousClock.now >= due else { return }
    sched_yield()
    due = .now + Self.interval
  }
}
