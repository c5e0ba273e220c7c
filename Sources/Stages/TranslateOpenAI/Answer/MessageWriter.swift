import Pipeline

/// Writes the events of one Anthropic message: one block open at a time, indexes counted up.
///
/// Text goes in as the escaped characters of a JSON string and out unchanged, spliced into the event.
struct MessageWriter {
  typealias Emit = (ServerSentEvent) throws(ProxyFailure) -> Void

  enum Block {
    case text, thinking
    case toolUse(id: String, name: String)
  }

  private(set) var hasStarted = false
  /// Blocks that were opened: the next one's index.
  private(set) var blocks = 0
  /// Characters of content, about four to a token.
  private(set) var size = 0
  /// Where the chunk that is being translated begins in the answer.
  var offset = 0

  /// The beginning of every delta of the open block, up to its payload.
  private var deltaStart: [UInt8] = []
  private var split = SplitEscape()

  // MARK: The message

  mutating func start(
    id: String, model: String, inputTokens: Int, _ emit: Emit
  ) throws(ProxyFailure) {
    hasStarted = true
    let usage = #"{"input_tokens":\#(inputTokens),"output_tokens":0}"#
    let message =
      #"{"id":\#(id.jsonQuoted),"type":"message","role":"assistant","model":\#(model.jsonQuoted),"#
      + #""content":[],"stop_reason":null,"stop_sequence":null,"usage":\#(usage)}"#
    try emit(event("message_start", #""message":\#(message)"#))
  }

  /// - Parameters:
  ///   - delta: the members of the delta.
  ///   - usage: a JSON object.
  func stop(delta: String, usage: String, _ emit: Emit) throws(ProxyFailure) {
    try emit(event("message_delta", #""delta":{\#(delta)},"usage":\#(usage)"#))
    try emit(event("message_stop"))
  }

  // MARK: Blocks

  mutating func open(_ block: Block, _ emit: Emit) throws(ProxyFailure) {
    let (start, delta) = Self.json(block)
    try emit(event("content_block_start", #""index":\#(blocks),"content_block":\#(start)"#))
    deltaStart = Array(
      (Self.deltaHead + #"{"type":"content_block_delta","index":\#(blocks),"delta":\#(delta)"#).utf8)
    blocks += 1
  }

  /// Adds to the open block; `fragment` is never decoded.
  mutating func write(_ fragment: Bytes, hasEscapes: Bool, _ emit: Emit) throws(ProxyFailure) {
    let text = split.join(fragment, hasEscapes: hasEscapes)
    guard !text.isEmpty else { return }
    size += text.count
    try emit(delta(text))
  }

  /// - Parameter signature: of a thinking block.
  mutating func close(signature: String? = nil, _ emit: Emit) throws(ProxyFailure) {
    let rest = split.finish()
    if !rest.isEmpty { try emit(delta(rest)) }
    let index = blocks - 1
    if let signature {
      let delta = #"{"type":"signature_delta","signature":\#(signature.jsonQuoted)}"#
      try emit(event("content_block_delta", #""index":\#(index),"delta":\#(delta)"#))
    }
    try emit(event("content_block_stop", #""index":\#(index)"#))
  }

  // MARK: Events

  private static let deltaHead = "event: content_block_delta\ndata: "
  private static let deltaEnd = Array("\"}}\n\n".utf8)

  /// The block as it starts, and the head of its deltas.
  private static func json(_ block: Block) -> (start: String, delta: String) {
    switch block {
    case .text: (#"{"type":"text","text":""}"#, #"{"type":"text_delta","text":""#)
    case .thinking:
      (
        #"{"type":"thinking","thinking":"","signature":""}"#,
        #"{"type":"thinking_delta","thinking":""#
      )
    case .toolUse(let id, let name):
      (
        #"{"type":"tool_use","id":\#(id.jsonQuoted),"name":\#(name.jsonQuoted),"input":{}}"#,
        #"{"type":"input_json_delta","partial_json":""#
      )
    }
  }

  /// The event of nearly all of an answer: three copies into one allocation.
  private func delta(_ text: Bytes) -> ServerSentEvent {
    var frame: [UInt8] = []
    frame.reserveCapacity(deltaStart.count + text.count + Self.deltaEnd.count)
    frame += deltaStart
    frame += text
    frame += Self.deltaEnd
    let bytes = Bytes(frame)
    return ServerSentEvent(
      frame: bytes, name: 7..<26, data: 33..<bytes.count - 2, offset: offset)
  }

  private func event(_ name: String, _ members: String? = nil) -> ServerSentEvent {
    ServerSentEvent(
      name: name, data: #"{"type":"\#(name)"\#(members.map { "," + $0 } ?? "")}"#, offset: offset)
  }
}
