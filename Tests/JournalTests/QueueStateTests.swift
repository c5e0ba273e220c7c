import Pipeline
import ProxyTesting
import Testing

@testable import Journal

@Suite struct QueueStateTests {
  let record = ExchangeRecord.sample()
  var key: BodyKey { BodyKey(exchange: record.id, part: .responseSent) }

  @Test func `sets one timer a batch`() {
    var state = QueueState()
    let wakes = [state.begin(record), state.announce(body()), state.end(.exchange(record))]
    #expect(wakes == [.later(timer: 1), .no, .no])
    let isDue = state.timerFired(1)
    #expect(isDue)
    let taken = state.take()
    #expect(taken.batch.begun.count == 1)
    #expect(taken.batch.ended.count == 1)
    #expect(taken.waiting.count == 1)
    let next = state.begin(record)
    #expect(next == .later(timer: 2))
  }

  @Test func `a timer that was overtaken wakes nobody`() {
    var state = QueueState()
    let wakes = [state.begin(record), state.flush(Gate())]
    #expect(wakes == [.later(timer: 1), .now])
    let signals = [state.signal(), state.signal()]
    #expect(signals == [true, false])
    _ = state.take()
    let afterwards = [state.retry(), state.begin(record)]
    #expect(afterwards == [.later(timer: 2), .no])
    let fired = [state.timerFired(1), state.timerFired(2)]
    #expect(fired == [false, true])
  }

  @Test func `knows a body from the beginning of its exchange to the end`() {
    var state = QueueState()
    let early = state.body(key, body)
    #expect(early == nil)
    _ = state.begin(record)
    let first = state.body(key, body)
    let again = state.body(key, body)
    let other = state.body(BodyKey(exchange: record.id, part: .requestReceived), body)
    #expect(first != nil && first === again && other !== first)
    _ = state.end(.exchange(record))
    let late = state.body(key, body)
    #expect(late == nil)
  }

  @Test func `gives rows up only beyond the row limit`() {
    var state = QueueState()
    let wakes = (0..<QueueState.rowLimit).map { _ in state.end(.exchange(record)) }
    #expect(!wakes.contains(nil))
    #expect(wakes.contains(.now))
    let refused = state.end(.exchange(record))
    #expect(refused == nil)
    #expect(state.take().batch.ended.count == QueueState.rowLimit)
  }

  @Test func `gathers the bytes of a body until they are taken`() {
    let queue = queue(limit: 10_000)
    queue.begin(record)
    let body = queue.body(key, limit: nil)
    body?.append([1, 2])
    body?.append([3])
    _ = queue.flush(Gate())
    let first = queue.take()
    #expect(first.bodies.map(\.bytes) == [[1, 2, 3]])
    body?.append([4])
    _ = queue.flush(Gate())
    #expect(queue.take().bodies.map(\.bytes) == [[4]])
  }

  @Test func `wakes the writer at once when a quarter of the queue is full`() {
    // Its clock stands still: `take` would wait for ever if only the timer woke it.
    let queue = queue(limit: 4_000)
    queue.begin(record)
    let body = queue.body(key, limit: nil)
    for _ in 0..<3 { body?.append(Bytes(noise(500))) }
    #expect(queue.take().cost == 1_500)
  }

  @Test func `counts bytes in the writer's hands until they are written`() throws {
    let queue = queue(limit: 2_000)
    queue.begin(record)
    queue.body(key, limit: nil)?.append(Bytes(noise(1_500)))
    let batch = queue.take()
    #expect(queue.room == 500)
    queue.body(key, limit: nil)?.append(Bytes(noise(1_000)))
    #expect(queue.room == 0)
    queue.release(batch)
    #expect(queue.room == 1_500)
    let cut = try #require(queue.take().bodies.first?.cut)
    #expect(cut == BodyCut(position: 2_000, count: 500))
  }

  private func queue(limit: Int) -> EntryQueue {
    var options = JournalOptions(directory: "unused")
    options.queueLimit = limit
    let time = ManualTime()
    return EntryQueue(options: options, time: time, monitor: JournalMonitor(time: time) { _ in })
  }

  private func body() -> OpenBody { OpenBody(key, limit: nil, queue: queue(limit: 1)) }

  @Test func `admits a prefix and counts the rest`() {
    var admission = BodyAdmission()
    let first = admission.admit(10, limit: 25, room: 100)
    #expect(first == .init(kept: 10, dropped: 0))
    #expect(admission.cut == nil)
    let rest = [20, 5].map { admission.admit($0, limit: 25, room: 100) }
    #expect(rest == [.init(kept: 15, dropped: 0), .init(kept: 0, dropped: 0)])
    #expect(admission.cut == BodyCut(position: 25, count: 10))
  }

  @Test func `admits nothing more once there was no room`() {
    var admission = BodyAdmission()
    let decisions = [4, 100].map { admission.admit(10, limit: nil, room: $0) }
    #expect(decisions == [.init(kept: 4, dropped: 6), .init(kept: 0, dropped: 10)])
    #expect(admission.cut == BodyCut(position: 4, count: 16))
    var crowded = BodyAdmission()
    let decision = crowded.admit(3, limit: nil, room: -7)
    #expect(decision == .init(kept: 0, dropped: 3))
  }
}
