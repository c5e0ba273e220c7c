import Pipeline
import ProxyTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct AnswerStreamTests {
  let time = ManualTime()

  func stream() -> AnswerStream { AnswerStream(limit: 8, time: time, onDrain: {}, onCancel: {}) }

  @Test func `chunks that arrive together are read together`() async throws {
    let stream = stream()
    _ = stream.deliver(Bytes(utf8: "ab"))
    _ = stream.deliver(Bytes(utf8: "cd"))
    stream.end()
    let iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next() == Bytes(utf8: "abcd"))
    #expect(try await iterator.next() == nil)
  }

  @Test func `asks the producer to pause at the limit`() {
    let stream = stream()
    #expect(stream.deliver(Bytes(utf8: "1234567")))
    #expect(!stream.deliver(Bytes(utf8: "8")))
  }

  @Test func `an alarm yields an empty chunk`() async throws {
    let stream = stream()
    stream.setAlarm(time.now + .seconds(5))
    async let first = stream.makeAsyncIterator().next()
    await time.waitUntilSomethingIsDue(within: .seconds(5))
    time.advance(by: .seconds(5))
    #expect(try await first == [])
  }

  @Test func `bytes before a failure are read first`() async {
    let stream = stream()
    _ = stream.deliver(Bytes(utf8: "x"))
    stream.end(.failure(ProxyFailure(.truncated, origin: .upstream, stage: "call-upstream", detail: "cut")))
    let iterator = stream.makeAsyncIterator()
    #expect((try? await iterator.next()) == Bytes(utf8: "x"))
    await #expect(throws: ProxyFailure.self) { _ = try await iterator.next() }
  }

  @Test func `a settled stream ends properly at its deadline`() async throws {
    let stream = stream()
    stream.settle(by: time.now + .seconds(2))
    async let first = stream.makeAsyncIterator().next()
    await time.waitUntilSomethingIsDue(within: .seconds(2))
    time.advance(by: .seconds(2))
    #expect(try await first == nil)
  }

  @Test func `a settled stream still hands over what arrives, and forgives a cut`() async throws {
    let stream = stream()
    stream.settle(by: time.now + .seconds(2))
    _ = stream.deliver(Bytes(utf8: "x"))
    stream.end(
      .failure(ProxyFailure(.connectionLost, origin: .upstream, stage: "call-upstream", detail: "cut")))
    let iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next() == Bytes(utf8: "x"))
    #expect(try await iterator.next() == nil)
  }

  @Test func `a settled stream that is cancelled fails`() async {
    let stream = stream()
    stream.settle(by: time.now + .seconds(2))
    stream.cancel()
    await #expect(throws: ProxyFailure.self) { _ = try await stream.makeAsyncIterator().next() }
  }

  /// A clock whose first timer rings for nothing, before the caller has its token.
  private final class HastyTime: TimeSource {
    let manual = ManualTime()
    private let hasRung = Mutex(false)

    var now: MonotonicTime { manual.now }
    var wallMilliseconds: Int64 { manual.wallMilliseconds }

    func wake(at deadline: MonotonicTime, _ action: @escaping @Sendable () -> Void) -> any WakeToken {
      let isFirst = hasRung.withLock { rung -> Bool in
        defer { rung = true }
        return !rung
      }
      if isFirst { action() }
      return manual.wake(at: isFirst ? .distantFuture : deadline, action)
    }
  }

  @Test func `an alarm that rings before its token is there does not silence the next`() async throws {
    let time = HastyTime()
    let stream = AnswerStream(time: time, onDrain: {}, onCancel: {})
    stream.setAlarm(time.now + .seconds(10))
    let chunk = Task { try await stream.makeAsyncIterator().next() }
    await time.manual.waitUntilSomethingIsDue(within: .seconds(10))
    time.manual.advance(by: .seconds(10))
    #expect(try await chunk.value == [])
  }
}
