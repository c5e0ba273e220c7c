package import Pipeline

/// Turns the chunks of an OpenAI-compatible endpoint into the events of an Anthropic message, one by one.
///
/// Text is forwarded as it comes; calls that overlap wait for the one before them, in the order of their first
/// pieces (translation.md §5, §6). Whatever it emits passes `ValidateProtocol`. Only what cannot be shown
/// earlier waits: the stop_reason until the usage has come, the stream has ended or `[DONE]`.
///
/// Throws `.truncated` [Q9] for an answer without an end, `.emptyAnswer` [Q18] for one without content,
/// `.protocolViolation` for calls that cannot be made whole (V19, Q4, Q7), `.eventTooLarge`.
package struct TranslateOpenAI: Stage {
  package static let name: StageName = "translate-openai"

  typealias Emit = (ServerSentEvent) throws(ProxyFailure) -> Void

  /// What a block is made of.
  enum Part: Equatable {
    case text, reasoning
    /// A place in `calls`.
    case call(Int)
  }

  /// In bytes, over everything that waits.
  static let waitingLimit = 32 * 1024 * 1024
  static let partLimit = 4096
  /// More calls than any model makes at once.
  static let callLimit = 256

  let memory: (any AnswerRemembering)?
  var translation = AnswerTranslation(route: "")
  var expectation = AnswerExpectation(model: "")
  var findings = Findings(stage: name)

  var message = MessageWriter()
  /// The block that is open.
  var current: Part?
  /// Parts that wait for the open call to become whole; the text of calls is held with them.
  var waiting: [(part: Part, text: [UInt8])] = []
  var waitingSize = 0
  /// White space that no block was opened for.
  var blank: [UInt8] = []
  var calls: [ToolCall] = []
  var filter: TextFilter?
  var reasoning = ReasoningBlock()
  var facts = AnswerFacts()

  /// - Parameter memory: keeps what the next request of the conversation needs.
  package init(memory: (any AnswerRemembering)? = nil) { self.memory = memory }

  package func prepared(for attempt: Attempt) -> TranslateOpenAI {
    var translator = self
    translator.findings.attempt = attempt
    translator.expectation = attempt.expectation
    translator.translation = attempt.expectation.translation ?? translation
    translator.filter = TextFilter(translator.translation)
    return translator
  }

  package mutating func receive(
    _ frame: AnswerFrame, _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    switch frame {
    case .chunk(let chunk):
      if !facts.hasEnded { try translate(chunk, emit) }
    case .done:
      facts.isDone = true
      if !facts.hasEnded { try end(emit) }
    case .comment:
      if !facts.hasEnded { try emit(Self.ping) }
    }
  }

  private static let ping = ServerSentEvent(name: "ping", data: #"{"type":"ping"}"#)

  package mutating func finish(
    _ emit: (ServerSentEvent) throws(ProxyFailure) -> Void
  ) throws(ProxyFailure) {
    guard !facts.hasEnded else { return }
    try end(emit)
  }

  private mutating func translate(_ chunk: ChatChunk, _ emit: Emit) throws(ProxyFailure) {
    findings.event = chunk.event
    findings.offset = chunk.offset
    message.offset = chunk.offset
    if facts.model == nil, let model = chunk.model { facts.model = chunk.text(model) }
    if chunk.usage != nil { facts.usage = chunk.usage }
    if chunk.isWhole { facts.isWhole = true }
    for piece in chunk.pieces {
      try translate(piece, of: chunk, emit)
      if facts.hasEnded { return }
    }
    if let finish = chunk.finish, facts.finish == nil {
      facts.finish = finish
      if calls.isEmpty { facts.stopSequence = chunk.metSequence }
      try settle(emit)
      findings.attempt?.noteWhole()
    }
    // Nothing is still to come but `[DONE]`, which some never send (Q25).
    if !facts.hasEnded, facts.finish != nil, chunk.usage != nil, !chunk.hasChoice { try end(emit) }
  }

  private mutating func translate(
    _ piece: ChatChunk.Piece, of chunk: ChatChunk, _ emit: Emit
  ) throws(ProxyFailure) {
    switch piece {
    case .text(let text): try takeText(chunk.data[text.range], hasEscapes: text.hasEscapes, emit)
    case .refusal(let text):
      facts.hasRefusal = true
      try takeText(chunk.data[text.range], hasEscapes: text.hasEscapes, emit)
    case .reasoning(let text):
      try releaseFilter(emit)
      try take(.reasoning, chunk.data[text.range], hasEscapes: text.hasEscapes, emit)
    case .reasoningDetails(let range):
      reasoning.addDetails(chunk.data[range])
      // Encrypted reasoning needs a block of its own to come back with.
      if !reasoning.hasBlock, facts.finish == nil { try take(.reasoning, [], hasEscapes: false, emit) }
    case .call(let call):
      try releaseFilter(emit)
      try take(call, of: chunk, emit)
    }
  }

  // MARK: Text

  private mutating func takeText(
    _ text: Bytes, hasEscapes: Bool, _ emit: Emit
  ) throws(ProxyFailure) {
    facts.noteOpening(text)
    guard let outputs = filter?.receive(text, hasEscapes: hasEscapes) else {
      return try take(.text, text, hasEscapes: hasEscapes, emit)
    }
    try take(outputs, emit)
  }

  /// Lets go of text that was held back in case it went on.
  mutating func releaseFilter(_ emit: Emit) throws(ProxyFailure) {
    if let outputs = filter?.finish() { try take(outputs, emit) }
  }

  private mutating func take(_ outputs: [TextFilter.Output], _ emit: Emit) throws(ProxyFailure) {
    for output in outputs {
      switch output {
      case .text(let text): try take(.text, Bytes(text).jsonEscaped, hasEscapes: true, emit)
      case .thinking(let text):
        findings.repaired(.thinkTags)
        try take(.reasoning, Bytes(text).jsonEscaped, hasEscapes: true, emit)
      case .stop(let sequence):
        facts.finish = .stop
        facts.stopSequence = sequence
        // What follows the sequence is not part of the answer.
        filter = nil
        try end(emit)
      }
    }
  }
}

extension ChatChunk {
  /// The sequence that ended the answer; at some vendors the field holds a reason instead.
  fileprivate var metSequence: String? {
    stopSequence.map { text($0) }.flatMap { FinishReason($0) == .other ? $0 : nil }
  }
}
