import Journal
import Pipeline
import ProxyTesting
import Testing

@Suite struct RestTests {
  let time = ManualTime()

  @Test func `gives way after a stretch of work, not between any two pieces`() {
    var rests = 0
    let rest = Rest(time: time) { rests += 1 }
    for _ in 0..<10 {
      rest.letOthersRun()
      time.advance(by: .microseconds(10))
    }
    #expect(rests == 1)
  }

  /// On a busy machine each rest took some milliseconds and the work between two of them microseconds: the journal
  /// fell behind until it had to drop what it was given.
  @Test func `works for as long as it was away`() {
    var rests = 0
    let rest = Rest(time: time) { [time] in
      rests += 1
      time.advance(by: .milliseconds(4))
    }
    time.advance(by: Rest.interval)
    rest.letOthersRun()
    #expect(rests == 1)
    time.advance(by: .microseconds(3_999))
    rest.letOthersRun()
    #expect(rests == 1)
    time.advance(by: .microseconds(1))
    rest.letOthersRun()
    #expect(rests == 2)
  }
}
