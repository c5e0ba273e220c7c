import NIOCore
import Pipeline
import Synchronization

/// What a server still has to wait for when it stops: connections, and handlers that still run.
final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var handlers = 0
    var isClosing = false

    var isDone: Bool { isClosing && channels.isEmpty && handlers == 0 }
  }

  private let state = Mutex(State())
  /// Opens when everything is gone after `closeDoors`.
  let allGone = Gate()

  var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

  /// False if the server is stopping.
  func add(_ channel: any Channel) -> Bool {
    state.withLock { state in
      guard !state.isClosing else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  func remove(_ channel: any Channel) {
    change { $0.channels[ObjectIdentifier(channel)] = nil }
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
