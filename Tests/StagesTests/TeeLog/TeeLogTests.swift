import HTTPTypes
import Pipeline
import ProxyTesting
import Stages
import Synchronization
import Testing

@Suite struct TeeLogTests {
  /// Remembers what it is given.
  final class Log: ExchangeLog, BodyLog {
    let reads = Mutex<[(bytes: Bytes, microseconds: Int64?)]>([])
    private let keepsBodies: Bool

    init(keepsBodies: Bool = true) { self.keepsBodies = keepsBodies }

    func begin(_ exchange: ExchangeRecord) {}
    func end(_ attempt: AttemptRecord) {}
    func end(_ exchange: ExchangeRecord) {}
    func body(_ part: BodyPart, of exchange: ExchangeID) -> (any BodyLog)? {
      keepsBodies && part == .responseReceived(attempt: 3) ? self : nil
    }
    func append(_ bytes: Bytes) { reads.withLock { $0.append((bytes, nil)) } }
    func append(_ bytes: Bytes, after microseconds: Int64) {
      reads.withLock { $0.append((bytes, microseconds)) }
    }
  }

  func tee(_ log: Log, _ time: ManualTime) -> TeeLog {
    let exchange = Exchange(
      id: ExchangeID(text: "test"), request: ClientRequest(method: .post, path: "/v1/messages"),
      client: NoClient(), log: log, time: time)
    time.advance(by: .seconds(7))
    let attempt = Attempt(exchange: exchange, number: 3, endpoint: "first", expectation: .forTesting)
    return TeeLog().prepared(for: attempt)
  }

  @Test func `keeps each read with its time since the attempt began`() throws {
    let (log, time) = (Log(), ManualTime())
    var tee = tee(log, time)
    var passed: [Bytes] = []
    for (pause, bytes) in [(Duration.microseconds(250), Bytes([1])), (.zero, []), (.seconds(2), [2, 3])] {
      time.advance(by: pause)
      try tee.receive(bytes) { passed.append($0) }
    }
    #expect(passed == [[1], [], [2, 3]])
    let reads = log.reads.withLock { $0 }
    #expect(reads.map(\.bytes) == [[1], [2, 3]])
    #expect(reads.map(\.microseconds) == [250, 2_000_250])
  }

  @Test func `keeps what a later stage refuses`() throws {
    let (log, time) = (Log(), ManualTime())
    var tee = tee(log, time)
    #expect(throws: ProxyFailure.self) {
      try tee.receive([1]) { (_) throws(ProxyFailure) in
        throw ProxyFailure(.malformedEvent, origin: .upstream, stage: "parse-sse", detail: "no")
      }
    }
    #expect(log.reads.withLock { $0.count } == 1)
  }

  @Test func `passes on what nobody keeps`() throws {
    let (log, time) = (Log(keepsBodies: false), ManualTime())
    var tee = tee(log, time)
    var passed: [Bytes] = []
    try tee.receive([1]) { passed.append($0) }
    #expect(passed == [[1]])
    #expect(log.reads.withLock { $0.isEmpty })
  }
}

private struct NoClient: ClientWriter {
  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {}
  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {}
  func finish() async throws(ProxyFailure) {}
  func abort() {}
}
