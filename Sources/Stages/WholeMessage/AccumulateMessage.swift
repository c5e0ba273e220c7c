package import Pipeline

/// Puts the events of a valid message together into the one JSON object of a non-streamed answer.
///
/// For an endpoint that streams although it was not asked to. Feed it what `ValidateProtocol` emits. A tool
/// call that the token limit cut is left out: half an input must not look like a whole one.
package struct AccumulateMessage {
  /// In bytes of events; the largest answers of a model need a few megabytes.
  package static let limit = 64 * 1024 * 1024

  private let findings = Findings(stage: ValidateProtocol.name)
  private var message: JSONFields?
  private var blocks: [AccumulatedBlock] = []
  private var size = 0
  /// Its message_stop has come.
  package private(set) var hasEnded = false

  package init() {}

  /// Takes in the next event, in order.
  package mutating func receive(_ event: MessageEvent) throws(ProxyFailure) {
    size += event.frame.count
    guard size <= Self.limit else {
      throw findings.failure(nil, "The message is larger than \(Self.limit >> 20) MiB", code: .eventTooLarge)
    }
    switch event.kind {
    case .messageStart: message = try fields(event).object("message")
    case .blockStart:
      blocks.append(AccumulatedBlock(try fields(event).object("content_block") ?? JSONFields()))
    case .blockDelta:
      guard !blocks.isEmpty, let delta = try fields(event).object("delta") else { return }
      blocks[blocks.count - 1].receive(delta)
    case .blockStop(_, let isComplete):
      if !isComplete, !blocks.isEmpty { blocks[blocks.count - 1].isCut = true }
    case .messageDelta: take(try fields(event))
    case .messageStop: hasEnded = true
    case .ping, .other: break
    }
  }

  /// The whole message. Throws `.truncated` [V34] when its end has not come.
  package mutating func finish() throws(ProxyFailure) -> Bytes {
    guard var message, hasEnded else {
      throw findings.failure(.v34, "The stream ends before the message does", code: .truncated)
    }
    let content = blocks.filter { !$0.isCut }.map(\.text)
    message["content"] = Bytes("[".utf8) + Bytes(content.joined(separator: ",".utf8)) + Bytes("]".utf8)
    return message.text
  }

  /// What the last message_delta says overwrites what message_start said.
  private mutating func take(_ event: JSONFields) {
    if let delta = event.object("delta") { message?.merge(delta) }
    guard var usage = message?.object("usage"), let later = event.object("usage") else { return }
    usage.merge(later)
    message?["usage"] = usage.text
  }

  private func fields(_ event: MessageEvent) throws(ProxyFailure) -> JSONFields {
    do throws(JSONError) {
      return try JSONFields(ServerSentEvent(frame: event.frame).data)
    } catch {
      throw findings.failure(.v3, "The data of an event is no JSON object: \(error)", code: .malformedEvent)
    }
  }
}

/// A content block that grows by its deltas.
private struct AccumulatedBlock {
  private let type: BlockType
  private var fields: JSONFields
  /// JSON string contents, escapes as they came, without quotes.
  private var strings: [String: [UInt8]] = [:]
  private var input: [UInt8] = []
  private var citations: [Bytes] = []
  /// Its tool input ended too early.
  var isCut = false

  init(_ start: JSONFields) {
    type = BlockType(name: start.string("type") ?? "")
    fields = start
    citations = start.array("citations") ?? []
  }

  /// Takes in the deltas that fit the block; clients ignore others too.
  mutating func receive(_ delta: JSONFields) {
    switch (type, delta.string("type")) {
    case (.text, "text_delta"): append("text", delta)
    case (.text, "citations_delta"):
      if let citation = delta["citation"] { citations.append(citation) }
    case (.thinking, "thinking_delta"): append("thinking", delta)
    case (.thinking, "signature_delta"): fields["signature"] = delta["signature"]
    case (.compaction, "compaction_delta"):
      fields["content"] = delta["content"]
      fields["encrypted_content"] = delta["encrypted_content"]
    case (_, "input_json_delta") where type.isTool: input += (delta.string("partial_json") ?? "").utf8
    default: break
    }
  }

  private mutating func append(_ key: String, _ delta: JSONFields) {
    guard let more = delta[key], more.count >= 2 else { return }
    strings[key, default: Array((fields[key] ?? []).dropFirst().dropLast())] += more.dropFirst().dropLast()
  }

  /// The block as JSON.
  var text: Bytes {
    var whole = fields
    for (key, characters) in strings {
      whole[key] = Bytes("\"".utf8) + Bytes(characters) + Bytes("\"".utf8)
    }
    if !input.isEmpty { whole["input"] = Bytes(input) }
    if !citations.isEmpty {
      whole["citations"] = Bytes("[".utf8) + Bytes(citations.joined(separator: ",".utf8)) + Bytes("]".utf8)
    }
    return whole.text
  }
}
