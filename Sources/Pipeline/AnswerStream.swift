import Synchronization

/// The answer of one upstream on its way from the transport's thread to the task of the exchange.
///
/// One producer, one consumer. Chunks that arrive together are taken together with one wake-up. The queue is
/// bounded: above `limit` bytes `deliver` asks the producer to pause and `onDrain` asks it to go on.
///
/// The consumer may set an alarm. When it rings with nothing to read, `head()` returns nil and the iterator
/// yields an empty chunk: time passing is an element of the sequence, so pings and stall limits need no second
/// task.
package final class AnswerStream: AsyncSequence, Sendable {
  package typealias Element = Bytes
  package typealias Failure = ProxyFailure

  @safe
  private struct State {
    var head: UpstreamHead?
    var chunks: [Bytes] = []
    var buffered = 0
    var delivered = 0
    var isPaused = false
    var end: Result<Void, ProxyFailure>?
    /// Something changed since the consumer last looked.
    var hasNews = false
    var waiting: UnsafeContinuation<Void, Never>?
    var alarm = MonotonicTime.distantFuture
    /// From then on the stream is over, and until then any end is a proper one.
    var settledBy: MonotonicTime?
    var nextRing: MonotonicTime { Swift.min(alarm, settledBy ?? .distantFuture) }
    /// The timer that runs. It may ring before its token is there.
    var armed: (deadline: MonotonicTime, number: Int, token: (any WakeToken)?)?
    var timers = 0
  }

  private let state = Mutex(State())
  private let limit: Int
  private let time: any TimeSource
  private let onDrain: @Sendable () -> Void
  private let onCancel: @Sendable () -> Void

  /// - Parameters:
  ///   - limit: bytes held before the producer is asked to pause.
  ///   - onDrain: called on the consumer's thread when a paused producer may go on.
  ///   - onCancel: called once if the consumer gives up before the end.
  package init(
    limit: Int = 256 * 1024, time: any TimeSource, onDrain: @escaping @Sendable () -> Void,
    onCancel: @escaping @Sendable () -> Void
  ) {
    self.limit = limit
    self.time = time
    self.onDrain = onDrain
    self.onCancel = onCancel
  }

  deinit { state.withLock { $0.armed?.token?.cancel() } }

  // MARK: The producer's side

  /// Hands over the head, before any bytes.
  package func deliver(_ head: UpstreamHead) {
    wakeAfter { $0.head = head }
  }

  /// Hands over bytes that were read together. Returns false when the producer should pause.
  package func deliver(_ bytes: Bytes) -> Bool {
    var goOn = true
    wakeAfter { state in
      guard state.end == nil else { return }
      state.chunks.append(bytes)
      state.buffered += bytes.count
      state.delivered += bytes.count
      state.isPaused = state.buffered >= limit
      goOn = !state.isPaused
    }
    return goOn
  }

  /// Ends the stream: properly, or with what went wrong. Later calls change nothing.
  package func end(_ result: Result<Void, ProxyFailure> = .success(())) {
    wakeAfter { state in
      if state.end == nil { state.end = result }
    }
  }

  private func wakeAfter(_ change: (inout State) -> Void) {
    let waiting = unsafe state.withLock { state -> UnsafeContinuation<Void, Never>? in
      change(&state)
      state.hasNews = true
      return unsafe state.waiting.take()
    }
    unsafe waiting?.resume()
  }

  // MARK: The consumer's side

  /// Rings at `deadline`, replacing the alarm before; `.distantFuture` turns it off.
  package func setAlarm(_ deadline: MonotonicTime) {
    state.withLock { $0.alarm = deadline }
  }

  /// Says that what was read may be all there is: however the transfer ends now, the sequence ends properly, and
  /// it does so at `deadline` at the latest. A cancelled exchange still fails.
  package func settle(by deadline: MonotonicTime) {
    state.withLock { $0.settledBy = deadline }
  }

  /// The head, or nil when the alarm rings first.
  package func head() async throws(ProxyFailure) -> UpstreamHead? {
    switch try await take({ $0.head }) {
    case .value(let head): return head
    case .alarm: return nil
    case .end:
      throw ProxyFailure(
        .connectionLost, origin: .upstream, stage: "call-upstream",
        detail: "The endpoint closed the connection without an answer.")
    }
  }

  /// The bytes read first, left in place; nil when the alarm rings first, empty when the body is.
  package func peek() async throws(ProxyFailure) -> Bytes? {
    switch try await take({ $0.chunks.first }) {
    case .value(let bytes): bytes
    case .alarm: nil
    case .end: []
    }
  }

  /// No more comes, whether what came was read or not.
  package var isOver: Bool { state.withLock { $0.end != nil } }

  /// How many bytes have arrived, read or not.
  package var bytesDelivered: Int { state.withLock { $0.delivered } }

  package func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  package struct Iterator: AsyncIteratorProtocol {
    let stream: AnswerStream

    package func next() async throws(ProxyFailure) -> Bytes? {
      try await next(isolation: nil)
    }

    /// Everything that has arrived, joined; an empty chunk when the alarm rings; nil at a proper end.
    package func next(isolation actor: isolated (any Actor)?) async throws(ProxyFailure) -> Bytes? {
      var drained = false
      let taken = try await stream.take { state -> Bytes? in
        guard let first = state.chunks.first else { return nil }
        drained = state.isPaused
        let joined = state.chunks.count == 1 ? first : Bytes(state.chunks.joined())
        state.chunks.removeAll(keepingCapacity: true)
        state.buffered = 0
        state.isPaused = false
        return joined
      }
      if drained { stream.onDrain() }
      switch taken {
      case .value(let bytes): return bytes
      case .alarm: return []
      case .end: return nil
      }
    }
  }

  /// Gives up: the transfer is aborted and its buffers are let go. Safe from any thread, any number of times.
  package func cancel() {
    let (waiting, isFirst) = unsafe state.withLock { state -> (UnsafeContinuation<Void, Never>?, Bool) in
      let isFirst = state.end == nil
      if isFirst {
        state.chunks = []
        state.end = .failure(
          ProxyFailure(
            .clientGone, origin: .client, stage: "call-upstream", retry: .never,
            detail: "The exchange was cancelled."))
      }
      state.armed?.token?.cancel()
      state.armed = nil
      return (unsafe state.waiting.take(), isFirst)
    }
    unsafe waiting?.resume()
    if isFirst { onCancel() }
  }

  /// Aborts the transfer; who reads gets what has arrived, then `failure`.
  package func abandon(_ failure: ProxyFailure) {
    var isFirst = false
    wakeAfter { state in
      isFirst = state.end == nil
      if isFirst { state.end = .failure(failure) }
    }
    if isFirst { onCancel() }
  }

  private enum Taken<Value> {
    case value(Value)
    case alarm
    case end
  }

  /// Waits until `pick` finds something, the stream ends or the alarm rings, in this order of precedence.
  private func take<Value>(
    _ pick: (inout State) -> Value?
  ) async throws(ProxyFailure) -> Taken<Value> {
    while true {
      let taken = state.withLock { state -> Result<Taken<Value>, ProxyFailure>? in
        state.hasNews = false
        if let value = pick(&state) { return .success(.value(value)) }
        switch state.end {
        case .success: return .success(.end)
        case .failure(let failure):
          return state.settledBy != nil && failure.origin == .upstream ? .success(.end) : .failure(failure)
        case nil:
          if let deadline = state.settledBy, deadline <= time.now { return .success(.end) }
          return state.alarm <= time.now ? .success(.alarm) : nil
        }
      }
      if let taken { return try taken.get() }
      await waitForChange()
    }
  }

  /// Suspends until the producer or the alarm changes something. A change between the look in `take` and the
  /// suspension leaves `hasNews` set.
  private func waitForChange() async {
    armTimer()
    await unsafe withUnsafeContinuation { continuation in
      let mustLookAgain = state.withLock { state -> Bool in
        if state.hasNews || state.nextRing <= time.now { return true }
        unsafe state.waiting = continuation
        return false
      }
      if mustLookAgain { unsafe continuation.resume() }
    }
  }

  /// One timer at most; an alarm that moved later lets the armed one ring early and looks again.
  private func armTimer() {
    let timer = state.withLock { state -> (deadline: MonotonicTime, number: Int)? in
      let deadline = state.nextRing
      guard deadline != .distantFuture else { return nil }
      if let armed = state.armed, armed.deadline <= deadline { return nil }
      state.armed?.token?.cancel()
      state.timers += 1
      state.armed = (deadline, state.timers, nil)
      return (deadline, state.timers)
    }
    guard let timer else { return }
    let token = time.wake(at: timer.deadline) { [weak self] in
      self?.wakeAfter { state in
        if state.armed?.number == timer.number { state.armed = nil }
      }
    }
    // It may have rung already, or the stream have been cancelled.
    let isWanted = state.withLock { state -> Bool in
      guard state.end == nil, state.armed?.number == timer.number else { return false }
      state.armed?.token = token
      return true
    }
    if !isWanted { token.cancel() }
  }
}
