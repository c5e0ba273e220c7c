import Synchronization

/// How many bytes of request bodies are held at once, over all connections.
final class MemoryBudget: Sendable {
  private let limit: Int
  private let used = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// One body's share; given back when nobody holds it any more.
  final class Share: Sendable {
    private let budget: MemoryBudget
    private let bytes = Atomic<Int>(0)

    fileprivate init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.used.subtract(bytes.load(ordering: .relaxed), ordering: .relaxed) }

    /// False when that would be more than there is.
    func grow(by count: Int) -> Bool {
      guard budget.used.add(count, ordering: .relaxed).newValue <= budget.limit else {
        budget.used.subtract(count, ordering: .relaxed)
        return false
      }
      bytes.add(count, ordering: .relaxed)
      return true
    }
  }

  func share() -> Share { Share(self) }
}
