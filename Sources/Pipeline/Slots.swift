import Synchronization

/// So many at once and no more: who comes later waits in line for a while, and the line is bounded too.
///
/// First come, first served. The limits may change while some are inside.
package final class Slots: Sendable {
  /// Nil is no limit.
  package struct Limits: Sendable, Equatable {
    package var concurrent: Int?
    /// How many may wait.
    package var waiting = 100
    /// How long anybody waits.
    package var patience: Duration = .seconds(30)

    package init(concurrent: Int? = nil) { self.concurrent = concurrent }
  }

  private struct State {
    var limits: Limits
    var taken = 0
    var line: [AnswerStream] = []
  }

  private let state: Mutex<State>

  package init(_ limits: Limits) { state = Mutex(State(limits: limits)) }

  package var taken: Int { state.withLock { $0.taken } }

  package func reconfigure(_ limits: Limits) {
    state.withLock { $0.limits = limits }
    letIn()
  }

  /// Takes a slot without waiting; false when there is none.
  package func tryEnter() -> Bool {
    state.withLock { state in
      guard state.taken < state.limits.concurrent ?? .max, state.line.isEmpty else { return false }
      state.taken += 1
      return true
    }
  }

  /// Waits in line for a slot. False when the line is full or the wait too long; throws when the exchange is
  /// cancelled. Who gets true must `leave`.
  ///
  /// - Parameter tick: as in `Exchange.pause`.
  package func enter(
    _ exchange: Exchange, _ tick: () async throws(ProxyFailure) -> MonotonicTime = { .distantFuture }
  ) async throws(ProxyFailure) -> Bool {
    if tryEnter() { return true }
    // A transfer that ends when it is its turn: cancelling reaches it like any other.
    let ticket = AnswerStream(time: exchange.time, onDrain: {}, onCancel: {})
    let patience = state.withLock { state -> Duration? in
      guard state.line.count < state.limits.waiting else { return nil }
      state.line.append(ticket)
      return state.limits.patience
    }
    guard let patience else { return false }
    exchange.adopt(ticket)
    // A slot may have become free before the ticket stood in line.
    letIn()
    let (end, wait) = (exchange.time.now + patience, ticket.makeAsyncIterator())
    do throws(ProxyFailure) {
      while exchange.time.now < end {
        ticket.setAlarm(min(end, try await tick()))
        if try await wait.next(isolation: nil) == nil { return true }
      }
    } catch {
      giveUp(ticket)
      throw error
    }
    giveUp(ticket)
    return false
  }

  /// Gives the slot to who has waited longest.
  package func leave() {
    state.withLock { $0.taken -= 1 }
    letIn()
  }

  private func letIn() {
    let next = state.withLock { state -> [AnswerStream] in
      let free = max(0, (state.limits.concurrent ?? .max) - state.taken)
      let next = Array(state.line.prefix(free))
      state.line.removeFirst(next.count)
      state.taken += next.count
      return next
    }
    for ticket in next { ticket.end() }
  }

  /// Leaves the line; if it was let in meanwhile, the slot goes to the next.
  private func giveUp(_ ticket: AnswerStream) {
    let wasWaiting = state.withLock { state -> Bool in
      guard let place = state.line.firstIndex(where: { $0 === ticket }) else { return false }
      state.line.remove(at: place)
      return true
    }
    if !wasWaiting { leave() }
  }
}
