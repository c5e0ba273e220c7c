import HeapModule
import Pipeline
import Synchronization

/// A wake-up that waits in a reactor's queue.
final class ReactorTimer: WakeToken {
  let deadline: MonotonicTime
  let action: @Sendable () -> Void
  private let state = Atomic<Bool>(false)

  init(deadline: MonotonicTime, action: @escaping @Sendable () -> Void) {
    self.deadline = deadline
    self.action = action
  }

  var isCancelled: Bool { state.load(ordering: .acquiring) }

  func cancel() { state.store(true, ordering: .releasing) }
}

/// The timers of one reactor, the next one first.
struct TimerQueue {
  private struct Entry: Comparable {
    let timer: ReactorTimer
    /// Equal deadlines ring in the order they were set.
    let number: Int

    static func < (left: Entry, right: Entry) -> Bool {
      (left.timer.deadline, left.number) < (right.timer.deadline, right.number)
    }
    static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
  }

  private var heap = Heap<Entry>()
  private var lastNumber = 0
  /// Most timers are cancelled long before they would ring: above this size they are cleared out.
  private var sweepSize = 256

  mutating func add(_ timer: ReactorTimer) {
    lastNumber += 1
    heap.insert(Entry(timer: timer, number: lastNumber))
    if heap.count > sweepSize {
      heap = Heap(heap.unordered.filter { !$0.timer.isCancelled })
      sweepSize = max(256, heap.count * 2)
    }
  }

  var nextDeadline: MonotonicTime? { heap.min?.timer.deadline }

  /// Removes the first timer if it is due.
  mutating func popDue(at now: MonotonicTime) -> ReactorTimer? {
    guard let first = heap.min, first.timer.deadline <= now else { return nil }
    heap.removeMin()
    return first.timer
  }
}
