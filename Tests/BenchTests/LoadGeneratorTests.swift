import BenchKit
import Pipeline
import ProxyTesting
import Testing

@Suite struct LoadGeneratorTests {
  private typealias Action = ScriptedUpstream.Action

  private static let head = Action.head(200, ["transfer-encoding": "chunked"])
  private static let opening = Action.chunk(Bytes(StreamScript.messages.opening))
  private static let ending = Action.chunk(Bytes(StreamScript.messages.ending))

  private static func event() -> Action {
    var event = StreamScript.messages.event
    Stamp.write(.now, into: &event.bytes, at: event.stamp)
    return .chunk(Bytes(event.bytes))
  }

  private func run(
    _ script: ScriptedUpstream.Script, events: Int? = 2, count: Int = 1, connections: Int = 1
  ) async throws -> LoadReport {
    let upstream = try ScriptedUpstream(script)
    defer { upstream.stop() }
    var plan = LoadPlan(port: upstream.port, shape: .waves(count: count, pause: 0))
    plan.events = events
    plan.connections = connections
    plan.timeLimit = .seconds(20)
    return try await Task.detached { [plan] in try LoadGenerator(plan).run() }.value
  }

  @Test func `whole answers are counted with all their events`() async throws {
    let report = try await run(
      [Self.head, Self.opening, Self.event(), Self.event(), Self.ending, .end], count: 3, connections: 2)
    #expect(report.failures == [])
    #expect(report.completed == 6)
    #expect(report.events == 12)
    #expect(report.event.count == 12)
    #expect(report.firstToken.count == 6)
    #expect(report.answer.count == 6)
  }

  @Test func `an answer that is cut is a failure`() async throws {
    let report = try await run([Self.head, Self.opening, Self.event(), .close])
    #expect(report.completed == 0)
    #expect(report.failures == ["the answer was cut after 1 events"])
  }

  @Test func `an answer that lacks an event is a failure`() async throws {
    let report = try await run([Self.head, Self.opening, Self.event(), Self.ending, .end])
    #expect(report.failures == ["1 of 2 events came"])
  }

  @Test func `an answer that lacks its last event is a failure`() async throws {
    let report = try await run([Self.head, Self.opening, Self.event(), Self.event(), .end])
    #expect(report.failures == ["the answer has no message_stop"])
  }

  @Test func `a refusal is a failure`() async throws {
    let report = try await run([.head(529, ["content-length": "2"]), .raw(Bytes(utf8: "no"))])
    #expect(report.failures == ["the answer's status is 529"])
  }

  @Test func `a message in one piece is whole with its length`() async throws {
    let report = try await run(
      [.head(200, ["content-length": "2"]), .raw(Bytes(utf8: "ok"))], events: nil, count: 2)
    #expect(report.failures == [])
    #expect(report.completed == 2)
  }
}
