import Pipeline

extension ChatChunk {
  /// Reads a `delta`, or a `message`, which has the same fields. Returns false when there is none.
  mutating func readDelta(_ json: inout JSONCursor) throws(JSONError) -> Bool {
    switch try json.peek() {
    case .object: break
    case .null:
      try json.skipValue()
      return false
    case .array, .string, .number, .boolean:
      note(.content, "A delta is no object")
      try json.skipValue()
      return false
    }
    var delta = DeltaReading(place: pieces.count)
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "content") {
        try readContent(&json, &delta)
      } else if json.matches(key, "tool_calls") {
        try readCalls(&json)
      } else if json.matches(key, "reasoning_content") {
        delta.reasoningContent = try readText(&json)
      } else if json.matches(key, "reasoning") {
        delta.reasoning = try readText(&json)
      } else if json.matches(key, "reasoning_details") {
        try readDetails(&json, &delta)
      } else if json.matches(key, "refusal") {
        delta.refusal = try readText(&json)
      } else if json.matches(key, "function_call") {
        try readFunctionCall(&json)
      } else {
        try json.skipValue()
      }
    }
    place(delta)
    return true
  }

  /// Texts go before the calls of the same delta, whatever the order of the keys.
  private mutating func place(_ delta: DeltaReading) {
    let end = pieces.count
    switch (delta.reasoningContent, delta.reasoning) {
    case (let first?, let second?) where data[first.range] != data[second.range]:
      pieces.append(.reasoning(first))
      pieces.append(.reasoning(second))
    case (let text?, _), (nil, let text?): pieces.append(.reasoning(text))
    case (nil, nil):
      for text in delta.detailTexts { pieces.append(.reasoning(text)) }
    }
    if let details = delta.details { pieces.append(.reasoningDetails(details)) }
    pieces += delta.parts
    if let content = delta.content { pieces.append(.text(content)) }
    if let refusal = delta.refusal { pieces.append(.refusal(refusal)) }
    guard end > delta.place else { return }
    let calls = Array(pieces[delta.place..<end])
    pieces.removeSubrange(delta.place..<end)
    pieces += calls
  }

  /// A string, unless it is empty; anything but null in its place is a fault.
  private mutating func readText(_ json: inout JSONCursor) throws(JSONError) -> JSONString? {
    switch try json.peek() {
    case .string:
      let text = try json.string()
      return text.range.isEmpty ? nil : text
    case .null: break
    case .object, .array, .number, .boolean: note(.content, "The content of a delta is no text")
    }
    try json.skipValue()
    return nil
  }

  // MARK: Lists of parts

  private mutating func readContent(
    _ json: inout JSONCursor, _ delta: inout DeltaReading
  ) throws(JSONError) {
    guard try json.peek() == .array else {
      delta.content = try readText(&json)
      return
    }
    try json.beginArray()
    while try json.nextElement() {
      if try json.peek() == .object {
        try readPart(&json, &delta)
      } else if let text = try readText(&json) {
        delta.parts.append(.text(text))
      }
    }
  }

  private mutating func readPart(_ json: inout JSONCursor, _ delta: inout DeltaReading) throws(JSONError) {
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "text") {
        if let text = try readText(&json) { delta.parts.append(.text(text)) }
      } else if json.matches(key, "refusal") {
        if let text = try readText(&json) { delta.parts.append(.refusal(text)) }
      } else if json.matches(key, "thinking") {
        for text in try texts(&json) { delta.parts.append(.reasoning(text)) }
      } else {
        try json.skipValue()
      }
    }
  }

  /// The array is kept as it is; its texts count where no other field says them (Q16).
  private mutating func readDetails(
    _ json: inout JSONCursor, _ delta: inout DeltaReading
  ) throws(JSONError) {
    guard try json.peek() == .array else {
      try json.skipValue()
      return
    }
    let start = json.position
    delta.detailTexts = try texts(&json)
    let range = start..<json.position
    if !data[range].dropFirst().dropLast().allSatisfy({ $0 <= 0x20 }) { delta.details = range }
  }

  /// The texts of a string, or of the objects in a list.
  private func texts(_ json: inout JSONCursor) throws(JSONError) -> [JSONString] {
    var texts: [JSONString] = []
    func add(_ text: JSONString?) {
      if let text, !text.range.isEmpty { texts.append(text) }
    }
    guard try json.peek() == .array else {
      add(try json.stringOrSkip())
      return texts
    }
    try json.beginArray()
    while try json.nextElement() {
      guard try json.beginObjectOrSkip() else { continue }
      while let key = try json.nextKey() {
        if json.matches(key, "text") || json.matches(key, "summary") {
          add(try json.stringOrSkip())
        } else {
          try json.skipValue()
        }
      }
    }
    return texts
  }
}

/// The texts of a delta until all of its fields are known.
private struct DeltaReading {
  /// Where its pieces begin among those of the chunk.
  let place: Int
  var content: JSONString?
  var parts: [ChatChunk.Piece] = []
  var reasoningContent: JSONString?
  var reasoning: JSONString?
  var refusal: JSONString?
  var details: Range<Int>?
  var detailTexts: [JSONString] = []
}
