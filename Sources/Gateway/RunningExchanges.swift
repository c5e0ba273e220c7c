package import Pipeline
import Synchronization

/// The exchanges under way, to look at and to move by hand.
package final class RunningExchanges: Sendable {
  private let exchanges = Mutex<[ExchangeID: Exchange]>([:])

  func add(_ exchange: Exchange) { exchanges.withLock { $0[exchange.id] = exchange } }
  func remove(_ exchange: Exchange) { exchanges.withLock { _ = $0.removeValue(forKey: exchange.id) } }

  /// Oldest first.
  package var all: [Exchange] {
    exchanges.withLock { Array($0.values) }.sorted { $0.id.text < $1.id.text }
  }

  /// Takes a request away from the endpoint that answers it now; false when it is not under way.
  ///
  /// - Parameter asker: who wants it, for the journal.
  package func move(_ id: ExchangeID, askedBy asker: String) -> Bool {
    guard let exchange = exchanges.withLock({ $0[id] }) else { return false }
    exchange.leaveEndpoint(askedBy: asker)
    return true
  }
}
