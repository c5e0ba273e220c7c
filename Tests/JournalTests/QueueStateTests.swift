import Pipeline
import Testing

@testable import Journal

@Suite struct QueueStateTests {
  let record = ExchangeRecord.sample()
  var key: BodyKey { BodyKey(exchange: record.id, part: .responseSent) }

  @Test func `sets one timer a batch`() {
    var state = QueueState(limit: 1 << 20)
    let wakes = [state.begin(record), state.append([1, 2], to: key, limit: nil).wake, state.end(record)]
    #expect(wakes == [.later(timer: 1), .no, .no])
    let isDue = state.timerFired(1)
    #expect(isDue)
    let batch = state.take()
    #expect(batch.entries.count == 3)
    let next = state.begin(record)
    #expect(next == .later(timer: 2))
  }

  @Test func `a timer that was overtaken wakes nobody`() {
    var state = QueueState(limit: 1 << 20)
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

  @Test func `wakes the writer at once when a quarter of the queue is full`() {
    var state = QueueState(limit: 4_000)
    _ = state.begin(record)
    let piece = Bytes(noise(500))
    let wakes = (0..<2).map { _ in state.append(piece, to: key, limit: nil).wake }
    #expect(wakes == [.no, .now])
    _ = state.signal()
    let wake = state.append(piece, to: key, limit: nil).wake
    #expect(wake == .no, "it is awake")
  }

  @Test func `counts bytes in the writer's hands until they are written`() {
    var state = QueueState(limit: 2_000)
    _ = state.begin(record)
    _ = state.append(Bytes(noise(1_500)), to: key, limit: nil)
    let batch = state.take()
    let before = state.append(Bytes(noise(1_000)), to: key, limit: nil).dropped
    #expect(before == 1_000 - (2_000 - 1_628 - 128))
    state.release(cost: batch.cost)
    let other = BodyKey(exchange: record.id, part: .requestReceived)
    let after = state.append(Bytes(noise(1_000)), to: other, limit: nil).dropped
    #expect(after == 0)
  }

  @Test func `gives rows up only beyond the row limit`() {
    var state = QueueState(limit: 1)
    let wakes = (0..<QueueState.rowLimit).map { _ in state.end(record) }
    #expect(!wakes.contains(nil))
    #expect(wakes.contains(.now))
    let refused = state.end(record)
    #expect(refused == nil)
    let batch = state.take()
    #expect(batch.entries.count == QueueState.rowLimit)
  }

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
