import Synchronization

/// How long something took, counted in classes that grow by a fifth: 1 µs to 60 s.
///
/// For samples, not for every event: each costs a lock.
package final class LatencyHistogram: Sendable {
  /// The upper bounds of the classes in nanoseconds; what took longer is in one more.
  package static let bounds: [Int64] = {
    var bounds: [Int64] = [1000]
    while let last = bounds.last, last < 60_000_000_000 { bounds.append(last * 6 / 5) }
    return bounds
  }()

  /// How many fell into each class since the start.
  package struct Counts: Sendable, Equatable {
    package var counts: [Int]
    /// Of all values, in nanoseconds.
    package var sum: Int64 = 0

    package init() { counts = Array(repeating: 0, count: LatencyHistogram.bounds.count + 1) }

    package var total: Int { counts.reduce(0, +) }

    package mutating func record(nanoseconds: Int64) {
      // The first class whose bound is not below the value.
      var (low, high) = (0, LatencyHistogram.bounds.count)
      while low < high {
        let middle = (low + high) / 2
        if LatencyHistogram.bounds[middle] < nanoseconds { low = middle + 1 } else { high = middle }
      }
      counts[low] += 1
      sum += nanoseconds
    }

    /// What came after `earlier`.
    package func since(_ earlier: Counts) -> Counts {
      var difference = self
      for index in counts.indices { difference.counts[index] -= earlier.counts[index] }
      difference.sum -= earlier.sum
      return difference
    }

    package mutating func add(_ other: Counts) {
      for index in counts.indices { counts[index] += other.counts[index] }
      sum += other.sum
    }

    /// The bound of the class in which this part (0…1) of all values ends; nil without values.
    package func quantile(_ part: Double) -> Duration? {
      let total = total
      guard total > 0 else { return nil }
      let rank = max(1, Int((Double(total) * part).rounded(.up)))
      var seen = 0
      for (index, count) in counts.enumerated() {
        seen += count
        if seen >= rank {
          return .nanoseconds(LatencyHistogram.bounds[min(index, LatencyHistogram.bounds.count - 1)])
        }
      }
      return nil
    }
  }

  private let state = Mutex(Counts())

  package init() {}

  package func record(_ duration: Duration) { record(nanoseconds: duration.nanoseconds) }

  package func record(nanoseconds: Int64) { state.withLock { $0.record(nanoseconds: nanoseconds) } }

  package var counts: Counts { state.withLock { $0 } }
}
