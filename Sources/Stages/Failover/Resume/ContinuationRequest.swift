import Pipeline

/// The request that asks another endpoint to go on where an answer was cut (failover-semantics.md §6).
///
/// Everything before the cut stays byte for byte, so that prompt caches hold. Models that take the beginning of
/// their answer get it as their own words; all others are told what the user has seen.
struct ContinuationRequest {
  enum Form {
    /// The text is the beginning of the model's own turn (C2).
    case prefill
    /// A user turn quotes it (C3a).
    case quotation
  }

  let tagged: TaggedRequest
  let form: Form

  /// Throws what reading the request again throws: nothing, if it was read before.
  init(
    _ original: TaggedRequest, after content: PartialAnswer.Content, at endpoint: Endpoint
  ) throws(ProxyFailure) {
    let facts = original.facts
    let asked = facts.model ?? ""
    let model = endpoint.rewritten(asked) ?? asked
    form =
      endpoint.dialect == .anthropic && facts.thinking == .off && Self.takesPrefill(model)
      ? .prefill : .quotation
    var edits = MemberEdits()
    let body = original.request.body
    for field in facts.fields {
      let value = body[field.valueRange]
      switch field.key {
      case "messages": edits.set("messages", to: Self.extended(value, by: Self.turn(content.text, form)))
      case "max_tokens":
        if let limit = facts.maxTokens, let rest = Self.rest(of: limit, facts.thinking, content) {
          edits.set("max_tokens", to: Bytes(utf8: String(rest)))
        }
      case "tool_choice":
        // A tool was forced and text came all the same: it may be called now, or not.
        let type = (try? JSONFields(value))?.string("type")
        if type == "any" || type == "tool" { edits.set("tool_choice", to: Bytes(utf8: #"{"type":"auto"}"#)) }
      default: break
      }
    }
    var request = original.request
    request.body = edits.applied(to: body, fields: facts.fields, addsMembers: false)
    tagged = TaggedRequest(request: request, facts: try RequestFacts.read(request), tags: original.tags)
  }

  /// Claude 4.5 and earlier; later ones refuse it with a 400.
  static func takesPrefill(_ model: String) -> Bool {
    guard let start = model.firstRange(of: "claude-") else { return false }
    let numbers = model[start.upperBound...].split { !$0.isNumber }.compactMap { Int($0) }
    // Names of old put the version first (`claude-3-5-sonnet-20241022`), new ones last (`claude-opus-4-5`).
    guard let major = numbers.first, major < 5 else { return false }
    // What is longer than two digits is a date.
    let minor = numbers.dropFirst().first.flatMap { $0 < 100 ? $0 : nil } ?? 0
    return major < 4 || minor <= 5
  }

  private static func rest(
    of limit: Int, _ thinking: RequestFacts.Thinking, _ content: PartialAnswer.Content
  ) -> Int? {
    let rest = max(1, limit - content.estimatedTokens)
    // The budget for thinking must stay below it.
    if case .enabled(let budget) = thinking, rest <= budget { return nil }
    return rest
  }

  private static func turn(_ text: String, _ form: Form) -> Bytes {
    switch form {
    case .prefill:
      // A turn that ends in white space is refused (C6).
      let trimmed = String(text.reversed().drop(while: \.isWhitespace).reversed())
      return Bytes(utf8: #"{"role":"assistant","content":[{"type":"text","text":\#(trimmed.jsonQuoted)}]}"#)
    case .quotation:
      let words = """
        Your answer to the message above was interrupted while you were writing it. This is all of it that has \
        been shown so far:
        <shown>
        \(text)
        </shown>
        Go on exactly where it stops. Your text is appended to it as it is, so begin with the very next \
        character, repeat nothing of it, and do not mention the interruption. It stops after these characters: \
        \(String(text.suffix(300)).jsonQuoted)
        """
      return Bytes(utf8: #"{"role":"user","content":[{"type":"text","text":\#(words.jsonQuoted)}]}"#)
    }
  }

  /// A JSON array that has elements, with one more.
  private static func extended(_ array: Bytes, by element: Bytes) -> Bytes {
    guard let end = array.lastIndex(of: UInt8(ascii: "]")) else { return array }
    return Bytes(Array(array[..<end]) + [UInt8(ascii: ",")] + element + [UInt8(ascii: "]")])
  }
}
