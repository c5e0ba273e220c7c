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
  /// Set while an OpenAI-compatible endpoint is played.
  private var translation: AnswerTranslation?
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
      Detour(
        when: { $0.expectation.translation != nil }, ValidateChunk(),
        then: TranslateOpenAI(memory: ReasoningMemory()))
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
      translation = AnswerTranslation(route: "bench")
      let chat = ChatStream(events: 2048, eventsPerRead: eventsPerRead, attempt: attempt())
      try await measure("validate-openai", column, ValidateChunk(), chat.events)
      try await measure("translate-openai", column, TranslateOpenAI(memory: ReasoningMemory()), chat.frames)
      try await measure(Self.chain().prepare, as: "chain-openai", column, chat.reads)
      translation = nil
    }
    await journal.close()
    return ScenarioResult(name: "stages", title: Self.title, figures: figures)
  }

  private static let title = """
    Nanoseconds and allocations per \(StreamScript.eventLength)-byte event inside one process, in the steady state; \
    what has openai in its name takes \(StreamScript.chunkLength)-byte chunks.
    """

  private var figures: [FigureResult] {
    let names = [
      "tee-log", "sniff-format", "parse-sse", "validate-protocol", "chain", "validate-openai",
      "translate-openai",
      "chain-openai",
    ]
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
    var expectation = AnswerExpectation(model: RequestScript.model)
    expectation.translation = translation
    return Attempt(exchange: exchange, number: 1, endpoint: "bench", expectation: expectation)
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

  init(events count: Int, eventsPerRead: Int, of script: StreamScript = .messages) {
    let event = script.event.bytes
    let read = Array(repeating: event, count: eventsPerRead).flatMap(\.self)
    reads = Inputs(
      opening: [Bytes(script.opening)],
      // Each read has its own storage, as those of the transport have.
      middle: (0..<count / eventsPerRead).map { _ in Bytes(read.map(\.self)) },
      ending: [Bytes(script.ending)], eventCount: count)
    events = Inputs(
      opening: Self.parsed(script.opening),
      middle: (0..<count).map { _ in ServerSentEvent(frame: Bytes(event)) },
      ending: Self.parsed(script.ending), eventCount: count)
  }

  private static func parsed(_ bytes: [UInt8]) -> [ServerSentEvent] {
    outputs(of: ParseSSE(), [Bytes(bytes)])
  }

  /// The script is ours: its frames parse.
  static func outputs<S: Stage>(of stage: S, _ inputs: [S.Input]) -> [S.Output] {
    var stage = stage
    var outputs: [S.Output] = []
    for input in inputs {
      try? stage.receive(input) { (output) throws(ProxyFailure) in outputs.append(output) }
    }
    return outputs
  }
}

/// The same of an OpenAI-compatible endpoint, and what its validator makes of it.
private struct ChatStream {
  let reads: Inputs<Bytes>
  let events: Inputs<ServerSentEvent>
  let frames: Inputs<AnswerFrame>

  init(events count: Int, eventsPerRead: Int, attempt: Attempt) {
    let stream = EventStream(events: count, eventsPerRead: eventsPerRead, of: .chat)
    reads = stream.reads
    events = stream.events
    let validated = EventStream.outputs(
      of: ValidateChunk().prepared(for: attempt), events.opening + events.middle + events.ending)
    let (first, last) = (events.opening.count, events.opening.count + events.middle.count)
    frames = Inputs(
      opening: Array(validated[..<first]), middle: Array(validated[first..<last]),
      ending: Array(validated[last...]), eventCount: count)
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
