import Foundation
import HTTPTypes
import Journal
package import Pipeline
import Stages
import Transport

/// What each stage costs in process, and the fused chain of all of them, metered and prepared as in production.
///
/// The stream's opening and ending are left out: what is measured is the steady state, one event like another.
/// The journal is a real one with full bodies; it is flushed between two measurements.
package struct StageBench {
  /// The columns of the result.
  package static let oneEventPerRead = "1 event a read"
  static let batches = "16 events a read"

  private let extent: Extent
  private let allocations: @Sendable () -> Int?
  private let journal: Journal
  private var rounds: [String: [(column: String, values: [Double?])]] = [:]

  /// - Parameter allocations: how many the calling thread has made; nil where they cannot be counted.
  package init(
    extent: Extent, directory: String, allocations: @escaping @Sendable () -> Int?
  ) throws {
    self.extent = extent
    self.allocations = allocations
    var options = JournalOptions(directory: directory)
    options.requestBody = .full
    options.responseBody = .full
    journal = try Journal(options: options, time: SystemTime())
  }

  /// The same stages as in Flow.swift, in its order; a test compares the two.
  package static var chainGraph: StageGraph { chain().graph }

  private static func chain() -> AttemptFlow<some Step, Bytes, MessageEvent> {
    compose {
      CallUpstream(over: NoTransport())
      TeeLog()
      SniffFormat()
      ParseSSE()
      ValidateChunk()
      TranslateOpenAI(memory: ReasoningMemory())
      ValidateProtocol(.anthropic)
    }
  }

  /// Measures everything and closes the journal.
  package mutating func run() async throws -> ScenarioResult {
    for (column, eventsPerRead) in [(Self.oneEventPerRead, 1), (Self.batches, 16)] {
      let stream = EventStream(events: 2048, eventsPerRead: eventsPerRead)
      try await measure("tee-log", column, TeeLog(), stream.reads)
      try await measure("sniff-format", column, SniffFormat(), stream.reads)
      try await measure("parse-sse", column, ParseSSE(), stream.reads)
      try await measure("validate-protocol", column, ValidateProtocol(.anthropic), stream.events)
      try await measure(Self.chain().prepare, as: "chain", column, stream.reads)
    }
    await journal.close()
    return ScenarioResult(name: "stages", title: Self.title, figures: figures)
  }

  private static let title = """
    Nanoseconds and allocations per \(StreamScript.eventLength)-byte event inside one process, in the steady state.
    """

  private var figures: [FigureResult] {
    let names = ["tee-log", "sniff-format", "parse-sse", "validate-protocol", "chain"]
    return names.flatMap { name in
      [
        Figure("\(name).time", name, unit: "ns", .own),
        Figure("\(name).allocations", "\(name), allocations", unit: "per event", .own),
      ]
    }.map { FigureResult($0, rounds: (rounds[$0.id] ?? []).map { (target: $0.column, values: $0.values) }) }
  }

  /// Measures one stage with its meter.
  private mutating func measure<S: Stage>(
    _ name: String, _ column: String, _ stage: S, _ inputs: Inputs<S.Input>
  ) async throws {
    let prototype = Metered(stage, meter: StageMeter(name: S.name))
    try await measure({ RunningStage(prototype.prepared(for: $0)) }, as: name, column, inputs)
  }

  private mutating func measure<Input, Output>(
    _ prepare: (Attempt) -> RunningStage<Input, Output>, as name: String, _ column: String,
    _ inputs: Inputs<Input>
  ) async throws {
    var times: [Double?] = []
    var counts: [Double?] = []
    let rounds = extent.choose(60, quick: 3)
    for round in 0..<rounds + 2 {
      let attempt = attempt()
      journal.begin(attempt.exchange.recordSoFar)
      let sample = try sample(prepare(attempt), of: name, inputs)
      journal.end(attempt.exchange.recordSoFar)
      await journal.flush()
      // The first two warm up.
      guard round > 1 else { continue }
      times.append(Double(sample.time) / Double(inputs.eventCount))
      counts.append(sample.allocations.map { Double($0) / Double(inputs.eventCount) })
    }
    self.rounds["\(name).time", default: []].append((column, times))
    self.rounds["\(name).allocations", default: []].append((column, counts))
  }

  /// Runs one stream through, and measures its middle.
  private func sample<Input, Output>(
    _ stage: RunningStage<Input, Output>, of name: String, _ inputs: Inputs<Input>
  ) throws -> (time: Nanoseconds, allocations: Int?) {
    var emitted = 0
    func feed(_ inputs: [Input]) throws(ProxyFailure) {
      for input in inputs {
        try stage.receive(input) { (_) throws(ProxyFailure) in emitted += 1 }
      }
    }
    try feed(inputs.opening)
    let allocatedBefore = allocations()
    let began = Nanoseconds.now
    try feed(inputs.middle)
    let time = Nanoseconds.now - began
    let allocatedAfter = allocations()
    try feed(inputs.ending)
    try stage.finish { (_) throws(ProxyFailure) in emitted += 1 }
    guard emitted >= inputs.middle.count else { throw BenchProblem("\(name) swallowed events") }
    return (time, allocatedBefore.flatMap { before in allocatedAfter.map { $0 - before } })
  }

  private func attempt() -> Attempt {
    let exchange = Exchange(
      id: ExchangeID(wallMilliseconds: SystemTime().wallMilliseconds),
      request: ClientRequest(method: .post, path: "/v1/messages"), client: NoClient(), log: journal,
      time: SystemTime())
    return Attempt(
      exchange: exchange, number: 1, endpoint: "bench",
      expectation: AnswerExpectation(model: RequestScript.model))
  }
}

private func compose<Source: Step>(
  @AttemptBuilder _ flow: () -> AttemptFlow<Source, Bytes, MessageEvent>
) -> AttemptFlow<Source, Bytes, MessageEvent> {
  flow()
}

/// What a stage takes: what comes before, the part that is measured, and what comes after.
private struct Inputs<Input: Sendable> {
  var opening: [Input]
  var middle: [Input]
  var ending: [Input]
  /// Events in the middle.
  var eventCount: Int
}

/// One answer, as reads of the transport and as parsed events.
private struct EventStream {
  let reads: Inputs<Bytes>
  let events: Inputs<ServerSentEvent>

  init(events count: Int, eventsPerRead: Int) {
    let event = StreamScript.event.bytes
    let read = Array(repeating: event, count: eventsPerRead).flatMap(\.self)
    reads = Inputs(
      opening: [Bytes(StreamScript.opening)],
      // Each read has its own storage, as those of the transport have.
      middle: (0..<count / eventsPerRead).map { _ in Bytes(read.map(\.self)) },
      ending: [Bytes(StreamScript.ending)], eventCount: count)
    events = Inputs(
      opening: Self.parsed(StreamScript.opening),
      middle: (0..<count).map { _ in ServerSentEvent(frame: Bytes(event)) },
      ending: Self.parsed(StreamScript.ending), eventCount: count)
  }

  private static func parsed(_ bytes: [UInt8]) -> [ServerSentEvent] {
    var parser = ParseSSE()
    var events: [ServerSentEvent] = []
    // The script is ours: its frames parse.
    try? parser.receive(Bytes(bytes)) { (event) throws(ProxyFailure) in events.append(event) }
    return events
  }
}

private struct NoTransport: UpstreamTransport {
  func start(_ request: UpstreamRequest, time: any TimeSource) -> AnswerStream {
    AnswerStream(time: time, onDrain: {}, onCancel: {})
  }
}

private struct NoClient: ClientWriter {
  func send(status: Int, fields: HTTPFields) async throws(ProxyFailure) {}
  func send(_ bytes: [Bytes]) async throws(ProxyFailure) {}
  func finish() async throws(ProxyFailure) {}
  func abort() {}
}
