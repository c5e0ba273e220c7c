public import Synchronization

/// The running numbers of one node of the graph. All counts are totals since the start.
///
/// Relaxed atomics: readers see each number exactly, but not all of them at one instant.
@usableFromInline
package final class StageMeter: Sendable {
  package let name: StageName

  @usableFromInline let received = Atomic<Int>(0)
  @usableFromInline let emitted = Atomic<Int>(0)
  @usableFromInline let failed = Atomic<Int>(0)
  @usableFromInline let repaired = Atomic<Int>(0)
  @usableFromInline let running = Atomic<Int>(0)
  @usableFromInline let sampledEvents = Atomic<Int>(0)
  @usableFromInline let sampledNanoseconds = Atomic<Int>(0)
  /// Of the timed samples: the time in this node and all after it.
  package let through = LatencyHistogram()

  @usableFromInline
  package init(name: StageName) { self.name = name }

  @inlinable
  package func count(received count: Int) { received.add(count, ordering: .relaxed) }

  @inlinable
  package func count(emitted count: Int) { emitted.add(count, ordering: .relaxed) }

  @inlinable
  package func countFailure() { failed.add(1, ordering: .relaxed) }

  /// Faults of an upstream that were mended on the way; added at the end of an attempt.
  @inlinable
  package func count(repaired count: Int) { repaired.add(count, ordering: .relaxed) }

  /// A step that starts (+1) or ends (-1).
  @inlinable
  package func count(running change: Int) { running.add(change, ordering: .relaxed) }

  /// Adds a timed sample: `nanoseconds` spent in this node alone for `events` events.
  @inlinable
  package func sample(events: Int, nanoseconds: Int) {
    sampledEvents.add(events, ordering: .relaxed)
    sampledNanoseconds.add(nanoseconds, ordering: .relaxed)
  }

  /// The numbers now.
  package var snapshot: Snapshot {
    Snapshot(
      received: received.load(ordering: .relaxed), emitted: emitted.load(ordering: .relaxed),
      failed: failed.load(ordering: .relaxed), repaired: repaired.load(ordering: .relaxed),
      running: running.load(ordering: .relaxed), sampledEvents: sampledEvents.load(ordering: .relaxed),
      sampledNanoseconds: sampledNanoseconds.load(ordering: .relaxed))
  }

  package struct Snapshot: Sendable, Equatable {
    package var received, emitted, failed, repaired, running: Int
    package var sampledEvents, sampledNanoseconds: Int

    /// Mean time of one event in this node alone, in nanoseconds, over the timed samples.
    package var nanosecondsPerEvent: Double? {
      sampledEvents == 0 ? nil : Double(sampledNanoseconds) / Double(sampledEvents)
    }
  }
}
