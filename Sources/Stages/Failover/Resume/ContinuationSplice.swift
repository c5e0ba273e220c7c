import Pipeline

/// Makes the events of a continuation the rest of the message that the client already has the beginning of
/// (failover-semantics.md §7).
///
/// One `message_start`, block indexes that go on, text that is already there left out, token counts of the serving
/// endpoint with what was written before added. Thinking of a continuation stays here: it is bound to a
/// conversation that the client will never send (§6).
struct ContinuationSplice {
  private let base: PartialAnswer.Content
  private var overlap: OverlapTrim
  /// The client's text block that is still open.
  private var openText: Int?
  private var nextIndex: Int
  /// The continuation's block that is being read, and what it is for the client; nil for one that stays here.
  private var block: (index: Int, shownAs: Int?)?
  /// Where text goes that could still be a repetition.
  private var pendingIndex: Int?
  private var inputUsage: JSONFields?

  init(after content: PartialAnswer.Content, form: ContinuationRequest.Form) {
    base = content
    overlap = OverlapTrim(after: content.text, form: form)
    openText = content.openText
    nextIndex = content.nextIndex
  }

  /// Takes the next event of the continuation; returns what the client may get for it.
  mutating func receive(_ event: MessageEvent) -> [MessageEvent] {
    switch event.kind {
    case .messageStart:
      inputUsage = event.fields?.object("message")?.object("usage")
      return []
    case .blockStart(let index, let kind): return begin(index, kind, event)
    case .blockDelta(let index, let isEmpty): return delta(index, isEmpty, event)
    case .blockStop(_, let isComplete): return stop(isComplete, event)
    case .messageDelta: return endText() + [withTotals(event)]
    case .messageStop, .ping, .other: return [MessageEvent(frame: event.frame, kind: event.kind)]
    }
  }

  private mutating func begin(_ index: Int, _ kind: MessageEvent.BlockKind, _ event: MessageEvent)
    -> [MessageEvent]
  {
    switch kind {
    case .thinking, .redactedThinking:
      block = (index, nil)
      return []
    case .text:
      if let openText {
        // The first text goes on in the block that is open.
        block = (index, openText)
        return text(event.fields?.object("content_block")?.string("text") ?? "", in: openText)
      }
    case .toolUse, .serverToolUse, .other: break
    }
    var events = endText()
    block = (index, nextIndex)
    events.append(event.moved(to: nextIndex, kind: .blockStart(index: nextIndex, block: kind)))
    if kind == .text { openText = nextIndex }
    nextIndex += 1
    return events
  }

  private mutating func delta(_ index: Int, _ isEmpty: Bool, _ event: MessageEvent) -> [MessageEvent] {
    guard let block, block.index == index, let shown = block.shownAs else { return [] }
    if shown == openText, let words = event.fields?.object("delta"), words.string("type") == "text_delta" {
      return text(words.string("text") ?? "", in: shown)
    }
    return [event.moved(to: shown, kind: .blockDelta(index: shown, isEmpty: isEmpty))]
  }

  private mutating func stop(_ isComplete: Bool, _ event: MessageEvent) -> [MessageEvent] {
    defer { block = nil }
    guard let shown = block?.shownAs else { return [] }
    if shown == openText { return endText() }
    return [event.moved(to: shown, kind: .blockStop(index: shown, isComplete: isComplete))]
  }

  private mutating func text(_ text: String, in index: Int) -> [MessageEvent] {
    pendingIndex = index
    return shown(overlap.receive(text), in: index)
  }

  private func shown(_ text: String, in index: Int) -> [MessageEvent] {
    guard !text.isEmpty else { return [] }
    return [
      MessageEvent(
        "content_block_delta",
        #""index":\#(index),"delta":{"type":"text_delta","text":\#(text.jsonQuoted)}"#,
        kind: .blockDelta(index: index))
    ]
  }

  /// Closes the open text block, after what was still held back of it.
  private mutating func endText() -> [MessageEvent] {
    guard let open = openText else { return [] }
    openText = nil
    let rest = pendingIndex == open ? overlap.finish() : ""
    return shown(rest, in: open) + [
      MessageEvent(
        "content_block_stop", #""index":\#(open)"#, kind: .blockStop(index: open, isComplete: true))
    ]
  }

  /// Its usage: what the serving endpoint read, and what both have written.
  private func withTotals(_ event: MessageEvent) -> MessageEvent {
    guard var fields = event.fields else { return event }
    var usage = inputUsage ?? JSONFields()
    if let own = fields.object("usage") { usage.merge(own) }
    usage.set("output_tokens", String((usage.integer("output_tokens") ?? 0) + base.estimatedTokens))
    fields["usage"] = usage.text
    return event.replacing(fields, kind: event.kind)
  }
}

/// Leaves out what a continuation repeats of the text before it (C5): the longest beginning that is also the end
/// of that text.
///
/// Shorter repetitions than `minimum` stay, unless they are all of that text: two equal characters at a seam are
/// more often right than wrong.
struct OverlapTrim {
  static let minimum = 8
  /// A continuation that starts further back is not looked for.
  static let reach = 2048

  /// The end of the text before, as UTF-8.
  private let tail: [UInt8]
  private var held: [UInt8] = []
  private var isDecided = false

  init(after text: String, form: ContinuationRequest.Form) {
    tail = Array(text.utf8.suffix(Self.reach))
    trailingWhitespace = form == .prefill ? tail.reversed().prefix { $0 == 0x20 || $0 == 0x0A }.count : 0
  }

  /// A prefilled turn was sent without it (C6), so the model may write it once more.
  private let trailingWhitespace: Int

  /// What may be shown now.
  mutating func receive(_ text: String) -> String {
    if isDecided { return text }
    held += text.utf8
    return mayStillGrow ? "" : decide()
  }

  /// What was held back until the text ended.
  mutating func finish() -> String { isDecided ? "" : decide() }

  /// Whether what is held could be the beginning of a longer repetition.
  private var mayStillGrow: Bool {
    guard held.count < tail.count else { return false }
    return (held.count + 1...tail.count).contains { tail.suffix($0).starts(with: held) }
  }

  private mutating func decide() -> String {
    isDecided = true
    let lengths = stride(from: min(held.count, tail.count), to: 0, by: -1)
    let length = lengths.first { tail.suffix($0).elementsEqual(held.prefix($0)) } ?? 0
    let isRepetition = length >= Self.minimum || length == tail.count || length <= trailingWhitespace
    let text = held.dropFirst(isRepetition ? length : 0)
    return String(decoding: text, as: UTF8.self)
  }
}

extension MessageEvent {
  /// The same event for another block.
  fileprivate func moved(to index: Int, kind: Kind) -> MessageEvent {
    guard var fields else { return self }
    fields.set("index", String(index))
    return replacing(fields, kind: kind)
  }
}
