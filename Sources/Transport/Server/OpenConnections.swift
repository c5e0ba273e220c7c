import Pipeline
import Synchronization

/// What a server still has to wait for when it stops: connections, and handlers that still run.
final class OpenConnections: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: ReactorBound<Connection>] = [:]
    var handlers = 0
    var isClosing = false

    var isDone: Bool { isClosing && connections.isEmpty && handlers == 0 }
  }

  private let state = Mutex(State())
  /// Opens when everything is gone after `closeDoors`.
  let allGone = Gate()

  var connections: [ReactorBound<Connection>] { state.withLock { Array($0.connections.values) } }

  /// False if the server is stopping.
  func add(_ connection: Connection, on reactor: Reactor) -> Bool {
    let (id, bound) = (ObjectIdentifier(connection), ReactorBound(connection, to: reactor))
    return state.withLock { state in
      guard !state.isClosing else { return false }
      state.connections[id] = bound
      return true
    }
  }

  func remove(_ connection: Connection) {
    let id = ObjectIdentifier(connection)
    change { $0.connections[id] = nil }
  }

  func handlerStarted() { change { $0.handlers += 1 } }
  func handlerReturned() { change { $0.handlers -= 1 } }

  /// No connection is added any more.
  func closeDoors() { change { $0.isClosing = true } }

  private func change(_ change: (inout State) -> Void) {
    let isDone = state.withLock { state in
      change(&state)
      return state.isDone
    }
    if isDone { allGone.open() }
  }
}
