package import Pipeline

/// The input tokens of a Messages request, estimated from its bytes in one pass that decodes and copies nothing.
///
/// It answers `count_tokens` where the endpoint cannot, stands in `message_start` until the endpoint says more,
/// and is what tag rules compare with. Never for billing. No vocabulary is used, since each model has its own:
/// `TokenTally` imitates what they have in common. Error of the estimate in percent, against the tokenizers
/// themselves, on texts it was not fitted to (Tests/StagesTests/TokenEstimate/Samples):
///
/// | text | GPT-4o | GPT-4 | DeepSeek V3 | Claude 2 |
/// |---|---|---|---|---|
/// | English | 0 | −1 | −2 | −4 |
/// | Swift, Python, C, shell | −3 to +1 | −2 to 0 | −8 to −4 | −8 to −5 |
/// | Markdown, YAML | −1 | −1 to 0 | −3 | −8 to −3 |
/// | tool schemas | −1 | +2 | −6 | −5 |
/// | German | −12 | −26 | −24 | −36 |
/// | Chinese | −9 | −39 | +23 | −35 |
/// | Japanese | −12 | −39 | 0 | −37 |
/// | Korean | +6 | −38 | −7 | −44 |
/// | Russian | −4 | −39 | −13 | −46 |
/// | Arabic | +3 | −52 | −10 | −63 |
///
/// Scripts other than Latin cost twice as many tokens in the older vocabularies (GPT-4, Claude 2) as in the new
/// ones, which the estimate follows. Pictures count by their size, tool schemas as the JSON they are; what frames
/// a message or a tool differs from template to template, and a small constant stands for it. It takes 2 to 5 ns
/// a byte, so it is made when somebody asks, and not for every request.
package struct TokenEstimate: Sendable, Equatable {
  package let inputTokens: Int

  /// - Parameter body: of a `messages` or `count_tokens` request. Where it stops being JSON, the count stops.
  package init(of body: Bytes) {
    var request = RequestTally()
    // What was read before the fault counts; whether a body is valid is for others to say.
    try? body.readJSON { json throws(JSONError) in try request.read(&json) }
    inputTokens = request.tally.tokens
  }

  /// What `POST /v1/messages/count_tokens` is answered with: `{"input_tokens":N}`.
  package static func answer(for body: Bytes) -> Bytes {
    Bytes(utf8: #"{"input_tokens":\#(TokenEstimate(of: body).inputTokens)}"#)
  }

  /// The tokens of a plain UTF-8 text, such as what an endpoint wrote without counting it.
  package static func tokens(ofText text: Bytes) -> Int {
    var tally = TokenTally()
    unsafe text.withUnsafeBufferPointer { unsafe tally.add($0, escapes: .none) }
    return tally.tokens
  }
}

/// Walks through a request and tallies what a model gets to read of it.
private struct RequestTally {
  /// Role and delimiters of a message; the same for a tool's name and frame, a call's, a result's id.
  private static let tokensPerMessage = 4
  private static let tokensPerTool = 8
  private static let tokensPerCall = 8
  private static let tokensPerResult = 4
  /// Blocks contain blocks (tool results, documents), in practice two levels of them.
  private static let maximumDepth = 4

  var tally = TokenTally()

  mutating func read(_ json: inout JSONCursor) throws(JSONError) {
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "system") {
        try readContent(&json, depth: 0)
      } else if json.matches(key, "messages") {
        try readMessages(&json)
      } else if json.matches(key, "tools") {
        try readTools(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  private mutating func readMessages(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginArrayOrSkip() else { return }
    while try json.nextElement() {
      guard try json.beginObjectOrSkip() else { continue }
      tally.add(tokens: Self.tokensPerMessage)
      while let key = try json.nextKey() {
        if json.matches(key, "content") {
          try readContent(&json, depth: 0)
        } else {
          try json.skipValue()
        }
      }
    }
  }

  /// The definitions go to the model as the JSON they are, or as something of that length; those that are
  /// deferred do not.
  private mutating func readTools(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginArrayOrSkip() else { return }
    while try json.nextElement() {
      _ = try json.peek()
      let start = json.position
      guard try json.beginObjectOrSkip() else { continue }
      var isDeferred = false
      while let key = try json.nextKey() {
        if json.matches(key, "defer_loading") {
          isDeferred = try json.booleanOrSkip() ?? false
        } else {
          try json.skipValue()
        }
      }
      if isDeferred { continue }
      tally.add(tokens: Self.tokensPerTool)
      unsafe add(json.raw(start..<json.position), escapes: .kept)
    }
  }

  /// A string, or a list of blocks.
  private mutating func readContent(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    switch try json.peek() {
    case .string: try addText(&json)
    case .array:
      try json.beginArray()
      while try json.nextElement() { try readBlock(&json, depth: depth) }
    case .object, .number, .boolean, .null: try json.skipValue()
    }
  }

  /// Which keys a block has says what it is; signatures, ids and cache marks are not for the model.
  private mutating func readBlock(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "text") || json.matches(key, "thinking") || json.matches(key, "name")
        || json.matches(key, "title")
      {
        try addText(&json)
      } else if json.matches(key, "input") {
        tally.add(tokens: Self.tokensPerCall)
        try addValue(&json)
      } else if json.matches(key, "tool_use_id") {
        tally.add(tokens: Self.tokensPerResult)
        try json.skipValue()
      } else if json.matches(key, "content"), depth < Self.maximumDepth {
        try readContent(&json, depth: depth + 1)
      } else if json.matches(key, "source"), depth < Self.maximumDepth {
        try readSource(&json, depth: depth + 1)
      } else {
        try json.skipValue()
      }
    }
  }

  /// The source of a picture or a document. A picture behind a URL or an id, and a document that is not text,
  /// count as a large picture: nothing is known of them.
  private mutating func readSource(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var type: JSONString?
    var data: JSONString?
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "data") {
        data = try json.stringOrSkip()
      } else if json.matches(key, "content") {
        try readContent(&json, depth: depth)
      } else {
        try json.skipValue()
      }
    }
    guard let type, !json.matches(type, "content") else { return }
    guard let data else { return tally.add(tokens: ImageSize.maximumTokens) }
    if json.matches(type, "text") {
      unsafe add(json.raw(data.range), escapes: .resolved)
    } else {
      let size = unsafe ImageSize(base64: json.raw(data.range))
      tally.add(tokens: size?.tokens ?? ImageSize.maximumTokens)
    }
  }

  /// The next value, if it is a string, as the text it stands for.
  private mutating func addText(_ json: inout JSONCursor) throws(JSONError) {
    guard let text = try json.stringOrSkip() else { return }
    unsafe add(json.raw(text.range), escapes: .resolved)
  }

  /// The next value as JSON.
  private mutating func addValue(_ json: inout JSONCursor) throws(JSONError) {
    _ = try json.peek()
    unsafe add(json.raw(try json.skipValue()), escapes: .kept)
  }

  private mutating func add(_ text: UnsafeBufferPointer<UInt8>, escapes: TokenTally.Escapes) {
    unsafe tally.add(text, escapes: escapes)
    tally.endPiece()
  }
}

extension JSONCursor {
  /// The bytes of a range this cursor gave out. Valid as long as the cursor.
  fileprivate func raw(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: base + (range.lowerBound - origin), count: range.count)
  }
}
