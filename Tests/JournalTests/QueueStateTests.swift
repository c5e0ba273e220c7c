import Pipeline
import Testing

@testable import Journal

@Suite struct QueueStateTests {
  let record = ExchangeRecord.sample(arrived: 1)
  var key: BodyKey { BodyKey(exchange: record.id, part: .responseSent) }

  @Test func `sets one timer a batch`() {
    var state = QueueState(limit: 1 << 20)
    let step1 = state.begin(record)
    #expect(step1 == .later(timer: 1))
    let step2 = state.append([1, 2], to: key, limit: nil)
    #expect(step2.wake == .no)
    let step3 = state.end(record)
    #expect(step3 == .no)
    let step4 = state.timerFired(1)
    #expect(step4)
    let step5 = state.take()
    #expect(step5.entries.count == 3)
    let step6 = state.begin(record)
    #expect(step6 == .later(timer: 2))
  }

  @Test func `a timer that was overtaken wakes nobody`() {
    var state = QueueState(limit: 1 << 20)
    _ = state.begin(record)
    let step7 = state.flush(Gate())
    #expect(step7 == .now)
    let step8 = state.signal()
    #expect(step8)
    _ = state.take()
    let step9 = state.timerFired(1)
    #expect(!step9)
    let step10 = state.retry()
    #expect(step10 == .later(timer: 2))
    let step11 = state.begin(record)
    #expect(step11 == .no)
    let step12 = state.timerFired(1)
    #expect(!step12)
    let step13 = state.timerFired(2)
    #expect(step13)
  }

  @Test func `wakes the writer at once when a quarter of the queue is full`() {
    var state = QueueState(limit: 4_000)
    _ = state.begin(record)
    let step14 = state.append(Bytes(noise(500)), to: key, limit: nil)
    #expect(step14.wake == .no)
    let step15 = state.append(Bytes(noise(500)), to: key, limit: nil)
    #expect(step15.wake == .now)
    let step16 = state.signal()
    #expect(step16)
    let step17 = state.append(Bytes(noise(500)), to: key, limit: nil)
    #expect(step17.wake == .no)
  }

  @Test func `counts bytes in the writer's hands until they are written`() {
    var state = QueueState(limit: 2_000)
    _ = state.begin(record)
    _ = state.append(Bytes(noise(1_500)), to: key, limit: nil)
    let batch = state.take()
    let step18 = state.append(Bytes(noise(1_000)), to: key, limit: nil)
    #expect(step18.dropped == 1_000 - (2_000 - 1_628 - 128))
    state.release(cost: batch.cost)
    let other = BodyKey(exchange: record.id, part: .requestReceived)
    let step19 = state.append(Bytes(noise(1_000)), to: other, limit: nil)
    #expect(step19.dropped == 0)
  }

  @Test func `gives rows up only beyond the row limit`() {
    var state = QueueState(limit: 1)
    let wakes = (0..<QueueState.rowLimit).map { _ in state.end(record) }
    #expect(!wakes.contains(nil))
    #expect(wakes.contains(.now))
    let step20 = state.end(record)
    #expect(step20 == nil)
    let step21 = state.take()
    #expect(step21.entries.count == QueueState.rowLimit)
  }

  @Test func `admits a prefix and counts the rest`() {
    var admission = BodyAdmission()
    let step22 = admission.admit(10, limit: 25, room: 100)
    #expect(step22 == .init(kept: 10, dropped: 0))
    #expect(admission.cut == nil)
    let step23 = admission.admit(20, limit: 25, room: 100)
    #expect(step23 == .init(kept: 15, dropped: 0))
    let step24 = admission.admit(5, limit: 25, room: 100)
    #expect(step24 == .init(kept: 0, dropped: 0))
    #expect(admission.cut == BodyCut(position: 25, count: 10))
  }

  @Test func `admits nothing more once there was no room`() {
    var admission = BodyAdmission()
    let step25 = admission.admit(10, limit: nil, room: 4)
    #expect(step25 == .init(kept: 4, dropped: 6))
    let step26 = admission.admit(10, limit: nil, room: 100)
    #expect(step26 == .init(kept: 0, dropped: 10))
    #expect(admission.cut == BodyCut(position: 4, count: 16))
    var negative = BodyAdmission()
    let step27 = negative.admit(3, limit: nil, room: -7)
    #expect(step27 == .init(kept: 0, dropped: 3))
  }
}
