import Synchronization

/// Where an exchange is and how its answer flows: written in passing by the flow, read by whoever looks.
///
/// Relaxed atomics, as in `StageMeter`.
package final class ExchangeProgress: Sendable {
  private let place = Mutex<StageName>("accept")
  /// Nanoseconds of the monotonic clock; 0 for never.
  private let byte = Atomic<Int64>(0)
  private let content = Atomic<Int64>(0)
  private let sent = Atomic<Int>(0)

  package init() {}

  /// The part of the flow it is in.
  package var stage: StageName { place.withLock { $0 } }

  /// Enters a part of the flow; returns the one it was in. A few times a request, never for every event.
  @discardableResult
  package func enter(_ stage: StageName) -> StageName {
    place.withLock { place in
      defer { place = stage }
      return place
    }
  }

  /// When the endpoint sent a byte last, and when one that carried the answer on; nil while nothing came.
  package var lastByte: MonotonicTime? { Self.time(byte) }
  package var lastProgress: MonotonicTime? { Self.time(content) }
  /// Bytes of the answer that the client was given.
  package var bytesSent: Int { sent.load(ordering: .relaxed) }

  package func note(byte: MonotonicTime, progress: MonotonicTime) {
    self.byte.store(byte.nanoseconds, ordering: .relaxed)
    content.store(progress.nanoseconds, ordering: .relaxed)
  }

  package func note(bytesSent: Int) { sent.store(bytesSent, ordering: .relaxed) }

  private static func time(_ value: borrowing Atomic<Int64>) -> MonotonicTime? {
    let nanoseconds = value.load(ordering: .relaxed)
    return nanoseconds == 0 ? nil : MonotonicTime(nanoseconds: nanoseconds)
  }
}
