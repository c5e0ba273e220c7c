import Synchronization

/// One request of a client on its way through the flow: what every step and stage may know of it.
@usableFromInline
package final class Exchange: Sendable {
  package let id: ExchangeID
  package let request: ClientRequest
  package let client: any ClientWriter
  package let log: any ExchangeLog
  package let time: any TimeSource
  package let arrived: MonotonicTime
  /// Where it is and how its answer flows, to look at.
  package let progress = ExchangeProgress()

  private let record: Mutex<ExchangeRecord>
  private let endings = Mutex<[@Sendable () -> Void]>([])
  private let upstream = Mutex<(streams: [AnswerStream], isCancelled: Bool)>(([], false))

  package init(
    id: ExchangeID, request: ClientRequest, client: any ClientWriter, log: any ExchangeLog,
    time: any TimeSource
  ) {
    self.id = id
    self.request = request
    self.client = client
    self.log = log
    self.time = time
    arrived = time.now
    record = Mutex(ExchangeRecord(id: id, arrived: time.wallMilliseconds, request: request))
  }

  /// Time since the request arrived.
  package var elapsed: Duration { time.now - arrived }

  /// Makes `stream` end when the exchange is cancelled.
  package func adopt(_ stream: AnswerStream) {
    let isCancelled = upstream.withLock { state -> Bool in
      state.streams.removeAll(where: \.isOver)
      state.streams.append(stream)
      return state.isCancelled
    }
    if isCancelled { stream.cancel() }
  }

  /// Waits until `end`; throws when the exchange is cancelled meanwhile.
  ///
  /// - Parameter tick: called at once and at each time it returned, until then.
  package func pause(
    until end: MonotonicTime, _ tick: () async throws(ProxyFailure) -> MonotonicTime
  ) async throws(ProxyFailure) {
    // A transfer that never sends anything: cancelling reaches it like any other, and its alarm is the clock.
    let stream = AnswerStream(time: time, onDrain: {}, onCancel: {})
    adopt(stream)
    let wait = stream.makeAsyncIterator()
    while time.now < end {
      stream.setAlarm(min(end, try await tick()))
      _ = try await wait.next(isolation: nil)
    }
  }

  /// Takes the request away from the endpoint that answers it now, as if the answer had been cut there: what
  /// follows is what follows a cut. Nothing happens when none is being asked.
  ///
  /// - Parameter asker: who wants it, for the journal.
  package func leaveEndpoint(askedBy asker: String) {
    let failure = ProxyFailure(
      .moved, origin: .proxy, stage: "failover", detail: "Moved to another endpoint: \(asker).")
    for stream in upstream.withLock({ $0.streams }) { stream.abandon(failure) }
  }

  /// The client left or the proxy stops: aborts the transfer that runs and any that would still start.
  package func cancel() {
    let streams = upstream.withLock { state -> [AnswerStream] in
      state.isCancelled = true
      defer { state.streams = [] }
      return state.streams
    }
    for stream in streams { stream.cancel() }
  }

  /// Has `action` run when the exchange is over.
  package func atEnd(_ action: @escaping @Sendable () -> Void) { endings.withLock { $0.append(action) } }

  /// Says that the exchange is over. Once, by who began it.
  package func end() {
    for action in endings.withLock({ $0 }) { action() }
  }

  package var isCancelled: Bool { upstream.withLock { $0.isCancelled } }

  /// Changes what the journal will say about this exchange.
  package func note(_ change: (inout ExchangeRecord) -> Void) {
    record.withLock { change(&$0) }
  }

  /// What is known so far.
  package var recordSoFar: ExchangeRecord { record.withLock { $0 } }
}

/// One try at one endpoint: the context a stage is prepared for.
@usableFromInline
package final class Attempt: Sendable {
  package let exchange: Exchange
  /// 1, 2, 3, … within the exchange.
  package let number: Int
  package let endpoint: String
  package let started: MonotonicTime
  package let expectation: AnswerExpectation
  /// Told of every signed or redacted thinking block that passes, before the client has it whole.
  package let onThinking: @Sendable (ThinkingFingerprint) -> Void

  private let answer = Mutex((report: AnswerReport(), repairs: [StageName: Int]()))
  private let isWhole = Atomic<Bool>(false)

  package init(
    exchange: Exchange, number: Int, endpoint: String, expectation: AnswerExpectation,
    onThinking: @escaping @Sendable (ThinkingFingerprint) -> Void = { _ in }
  ) {
    self.exchange = exchange
    self.number = number
    self.endpoint = endpoint
    started = exchange.time.now
    self.expectation = expectation
    self.onThinking = onThinking
  }

  /// Time since the attempt started.
  package var elapsed: Duration { exchange.time.now - started }

  /// What the stages learnt about the answer so far.
  package var report: AnswerReport { answer.withLock { $0.report } }

  /// How many faults each stage mended so far.
  package var repairs: [StageName: Int] { answer.withLock { $0.repairs } }

  /// Adds what a stage learnt: a few times an answer, never for every event.
  package func note(_ change: (inout AnswerReport) -> Void) {
    answer.withLock { change(&$0.report) }
  }

  /// Says that nothing of the answer is missing but what may stay away: token counts, the mark of its end.
  package func noteWhole() { isWhole.store(true, ordering: .relaxed) }

  /// Whether a stage has said so. However the transfer ends then, the answer is not cut.
  package var isAnswerWhole: Bool { isWhole.load(ordering: .relaxed) }

  /// Counts a fault of the answer that was mended; `rule` is an id of the protocol sheets, such as `V10`.
  package func countRepair(_ rule: String, by stage: StageName) {
    answer.withLock { answer in
      answer.report.repairs[rule, default: 0] += 1
      answer.repairs[stage, default: 0] += 1
    }
  }
}

/// What the request says about the answer: the context of the protocol rules.
package struct AnswerExpectation: Sendable {
  /// The model the endpoint was asked for (V43), and minted into answers that name none (V11).
  package var model: String
  /// The name to put back into the answer when `model` was rewritten; nil to leave it alone.
  package var modelShownToClient: String?
  /// Names of the declared tools (V20); nil when not known.
  package var toolNames: Set<String>?
  /// Tool input may be invalid JSON without fault (V19): eager or fine-grained streaming was asked for.
  package var allowsInvalidToolInput: Bool
  /// The endpoint is Anthropic itself, so thinking must be signed (V21).
  package var isFirstParty: Bool
  /// The client asked for `stream: true`.
  package var isStreamed: Bool
  /// The endpoint speaks Chat Completions, and its answer is translated; nil: it speaks Anthropic's protocol.
  package var translation: AnswerTranslation?

  package init(
    model: String, modelShownToClient: String? = nil, toolNames: Set<String>? = nil,
    allowsInvalidToolInput: Bool = false, isFirstParty: Bool = false, isStreamed: Bool = true
  ) {
    self.model = model
    self.modelShownToClient = modelShownToClient
    self.toolNames = toolNames
    self.allowsInvalidToolInput = allowsInvalidToolInput
    self.isFirstParty = isFirstParty
    self.isStreamed = isStreamed
  }
}
