import Pipeline
import Synchronization

/// The live view: one snapshot a second, made once for all who look and only while somebody does.
///
/// A listener that reads slowly gets fewer snapshots: it asks for the next when the last one is out.
package final class LiveFeed: Sendable {
  package static let most = 32
  static let interval: Duration = .seconds(1)

  private struct State {
    var listeners: [Int: AnswerStream] = [:]
    var number = 0
    var isStopped = false
    /// The second it was made in, and the frame.
    var latest: (second: Int64, frame: Bytes)?
  }

  private let maker: SnapshotMaker
  private let time: any TimeSource
  private let state = Mutex(State())
  private let made = Atomic<Int>(0)

  init(_ maker: SnapshotMaker, time: any TimeSource) {
    self.maker = maker
    self.time = time
  }

  /// How many look now.
  package var listenerCount: Int { state.withLock { $0.listeners.count } }
  /// How many snapshots were made since the start.
  package var snapshotCount: Int { made.load(ordering: .relaxed) }

  /// Ends the streams of all listeners, and of those who come later.
  package func stop() {
    let listeners = state.withLock { state in
      state.isStopped = true
      return Array(state.listeners.values)
    }
    for clock in listeners { clock.end() }
  }

  /// A stream of snapshots; nil when too many look already.
  func listen() -> AdminReply? {
    guard state.withLock({ $0.listeners.count < Self.most && !$0.isStopped }) else { return nil }
    return .events { [self] client throws(ProxyFailure) in
      // A transfer that never sends anything: its alarm is the clock, and cancelling reaches it.
      let clock = AnswerStream(time: time, onDrain: {}, onCancel: {})
      guard let number = enter(clock) else { return }
      defer { state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
      try await feed(client, clock)
    }
  }

  private func enter(_ clock: AnswerStream) -> Int? {
    state.withLock { state in
      guard state.listeners.count < Self.most, !state.isStopped else { return nil }
      state.number += 1
      state.listeners[state.number] = clock
      return state.number
    }
  }

  private func feed(_ client: any ClientWriter, _ clock: AnswerStream) async throws(ProxyFailure) {
    let result = await withTaskCancellationHandler {
      await Self.caught { () async throws(ProxyFailure) in
        let ticks = clock.makeAsyncIterator()
        while !Task.isCancelled {
          try await client.send([await frame()])
          let next = self.next(after: time.now)
          while time.now < next {
            clock.setAlarm(next)
            guard try await ticks.next(isolation: nil) != nil else { return }
          }
        }
      }
    } onCancel: {
      clock.cancel()
    }
    try result.get()
  }

  private static func caught(
    _ body: () async throws(ProxyFailure) -> Void
  ) async -> Result<Void, ProxyFailure> {
    do throws(ProxyFailure) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }

  private func second(_ now: MonotonicTime) -> Int64 { now.nanoseconds / Self.interval.nanoseconds }

  private func next(after now: MonotonicTime) -> MonotonicTime {
    MonotonicTime(nanoseconds: (second(now) + 1) * Self.interval.nanoseconds)
  }

  private func frame() async -> Bytes {
    let second = second(time.now)
    if let latest = state.withLock({ $0.latest }), latest.second == second { return latest.frame }
    made.add(1, ordering: .relaxed)
    let snapshot = await maker.snapshot()
    let frame = Bytes(utf8: "event: snapshot\ndata: ") + snapshot.json.bytes + Bytes(utf8: "\n\n")
    state.withLock { $0.latest = (second, frame) }
    return frame
  }
}
