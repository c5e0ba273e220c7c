import Pipeline
import Synchronization
import Testing
import Transport

@Suite struct SystemTimeTests {
  @Test func `the recent time is that of the turn that runs`() async {
    let time = SystemTime()
    let deadline = time.now + .milliseconds(5)
    let rung = Gate()
    let seen = Mutex<(before: MonotonicTime, after: MonotonicTime, now: MonotonicTime)?>(nil)
    let token = time.wake(at: deadline) {
      let before = time.recent
      // Within a turn it stands still.
      while time.now < before + .milliseconds(2) {}
      seen.withLock { $0 = (before, time.recent, time.now) }
      rung.open()
    }
    await rung.wait()
    token.cancel()
    let found = seen.withLock { $0 }
    #expect(found.map { deadline <= $0.before && $0.before == $0.after && $0.after < $0.now } == true)
  }
}
