import Admin
import Foundation
import HTTPTypes
import Pipeline
import ProxyTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LiveTests {
  /// Counts the snapshots that reach one client, and tells of each.
  private final class Listener: Sendable {
    let taker: AnswerTaker
    private let task: Task<Void, Never>
    private let gates: [Gate]

    init(_ fixture: SiteFixture, expecting count: Int) {
      let gates = (0..<count).map { _ in Gate() }
      self.gates = gates
      let counter = Counter()
      let taker = AnswerTaker { bytes in
        let number = counter.next(bytes.text.split(separator: "\n").count { $0 == "event: snapshot" })
        for gate in gates.prefix(number) { gate.open() }
      }
      self.taker = taker
      task = Task {
        await fixture.site.serve(
          ClientRequest(method: .get, path: "/admin/api/live", fields: [.init("host")!: "localhost"]),
          to: taker)
      }
    }

    /// Waits for the snapshot of this number, from 1.
    func snapshot(_ number: Int) async { await gates[number - 1].wait() }
    func leave() { task.cancel() }
    func ended() async { await task.value }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next(_ more: Int) -> Int {
      count.withLock { count in
        count += more
        return count
      }
    }
  }

  private func waitForAlarm(_ fixture: SiteFixture) async {
    await fixture.backend.manualTime.waitUntilSomethingIsDue(within: .seconds(1))
  }

  @Test func `a snapshot comes at once, then one a second, the same for all who look`() async throws {
    let fixture = SiteFixture()
    #expect(fixture.site.liveFeed.snapshotCount == 0)
    let (first, second) = (Listener(fixture, expecting: 3), Listener(fixture, expecting: 2))
    await first.snapshot(1)
    await second.snapshot(1)
    #expect(fixture.site.liveFeed.listenerCount == 2)
    let atFirst = fixture.site.liveFeed.snapshotCount
    #expect(atFirst <= 2)
    for number in 2...3 {
      await waitForAlarm(fixture)
      fixture.backend.manualTime.advance(by: .seconds(1))
      await first.snapshot(number)
    }
    let frame = try #require(Bytes(first.taker.answer.body).text.split(separator: "\n\n").last)
    let data = try #require(frame.split(separator: "\n").last?.dropFirst("data: ".count))
    #expect(try Snapshot.schema.problems(in: JSON(Bytes(utf8: data))) == [])
    first.leave()
    second.leave()
    await first.ended()
    await second.ended()
    #expect(fixture.site.liveFeed.listenerCount == 0)
    let last = fixture.site.liveFeed.snapshotCount
    fixture.backend.manualTime.advance(by: .seconds(100))
    #expect(fixture.site.liveFeed.snapshotCount == last, "nobody looks any more")
  }

  @Test func `so many may look and no more`() async {
    let fixture = SiteFixture()
    let listeners = (0..<LiveFeed.most).map { _ in Listener(fixture, expecting: 1) }
    for listener in listeners { await listener.snapshot(1) }
    let answer = await fixture.ask("/admin/api/live")
    #expect(answer.status == 503 && answer.errorCode == "unavailable")
    for listener in listeners { listener.leave() }
    for listener in listeners { await listener.ended() }
  }

  @Test func `when the program stops the streams end properly`() async {
    let fixture = SiteFixture()
    let listener = Listener(fixture, expecting: 1)
    await listener.snapshot(1)
    fixture.site.stop()
    await listener.ended()
    #expect(listener.taker.answer.isFinished)
    #expect(await fixture.ask("/admin/api/live").status == 503)
  }

  @Test func `the ten-thousandth request is counted as quickly as the first`() {
    // It once took a function call more for each request before it, until the stack was full.
    let fixture = SiteFixture()
    let record = Records.exchange("one")
    for _ in 0..<20_000 { fixture.numbers.end(record) }
    #expect(fixture.numbers.newest.count == 20)
  }

  @Test func `the snapshot tells what ended, and what it used today`() async throws {
    let fixture = SiteFixture()
    fixture.numbers.end(Records.exchange("one"))
    fixture.numbers.end(Records.exchange("two"))
    let snapshot = try await fixture.ask("/admin/api/snapshot").json
    #expect(snapshot["newest"]?.array?.compactMap { $0["id"]?.text } == ["two", "one"])
    #expect(snapshot["tokens"]?["input"] == 200 && snapshot["tokens"]?["output"] == 40)
    #expect(snapshot["first_content_ms"]?["p50"] == 300)
    fixture.backend.manualTime.advance(by: .seconds(86_400))
    let tomorrow = try await fixture.ask("/admin/api/snapshot").json
    #expect(tomorrow["tokens"]?["input"] == 0 && tomorrow["first_content_ms"] == .null)
  }
}
