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
    var place = delta.place
    func insert(_ piece: Piece) {
      pieces.insert(piece, at: place)
      place += 1
    }
    switch (delta.reasoningContent, delta.reasoning) {
    case (let first?, let second?) where data[first.range] != data[second.range]:
      insert(.reasoning(first))
      insert(.reasoning(second))
    case (let text?, _), (nil, let text?): insert(.reasoning(text))
    case (nil, nil):
      for text in delta.detailTexts { insert(.reasoning(text)) }
    }
    if let details = delta.details { insert(.reasoningDetails(details)) }
    for piece in delta.parts { insert(piece) }
    if let content = delta.content { insert(.text(content)) }
    if let refusal = delta.refusal { insert(.refusal(refusal)) }
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
  /// Where they go among the pieces of the chunk.
  let place: Int
  var content: JSONString?
  var parts: [ChatChunk.Piece] = []
  var reasoningContent: JSONString?
  var reasoning: JSONString?
  var refusal: JSONString?
  var details: Range<Int>?
  var detailTexts: [JSONString] = []
}

// MARK: Calls

extension ChatChunk {
  private mutating func readCalls(_ json: inout JSONCursor) throws(JSONError) {
    switch try json.peek() {
    case .array: break
    case .null:
      try json.skipValue()
      return
    case .object, .string, .number, .boolean:
      note(.missingIndex, "The tool_calls of a delta are no list")
      try json.skipValue()
      return
    }
    try json.beginArray()
    var position = 0
    while try json.nextElement() {
      guard try json.peek() == .object else {
        note(.missingIndex, "A tool call is no object")
        try json.skipValue()
        continue
      }
      try readCall(&json, position)
      position += 1
    }
  }

  private mutating func readCall(_ json: inout JSONCursor, _ position: Int) throws(JSONError) {
    var call = CallPiece(position: position)
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "index") {
        call.index = try json.integerOrSkip()
      } else if json.matches(key, "id") {
        call.id = try Self.nonEmpty(json.stringOrSkip())
      } else if json.matches(key, "function") {
        if try json.beginObjectOrSkip() { try readFunction(&json, &call) }
      } else if json.matches(key, "extra_content") {
        let isThere = try json.peek() != .null
        let range = try json.skipValue()
        if isThere { call.extra = range }
      } else {
        try json.skipValue()
      }
    }
    pieces.append(.call(call))
  }

  private mutating func readFunctionCall(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var call = CallPiece(isFunctionCall: true)
    try readFunction(&json, &call)
    pieces.append(.call(call))
  }

  /// The object is open already.
  private mutating func readFunction(
    _ json: inout JSONCursor, _ call: inout CallPiece
  ) throws(JSONError) {
    while let key = try json.nextKey() {
      if json.matches(key, "arguments") {
        call.arguments = try readArguments(&json)
      } else if json.matches(key, "name") {
        call.name = try Self.nonEmpty(json.stringOrSkip())
      } else {
        try json.skipValue()
      }
    }
  }

  private mutating func readArguments(_ json: inout JSONCursor) throws(JSONError) -> Arguments {
    switch try json.peek() {
    case .string: return try Self.nonEmpty(json.string()).map { .string($0) } ?? .none
    case .object: return .object(try json.skipValue())
    case .null: break
    case .array, .number, .boolean: note(.argumentsKind, "The arguments of a tool call are no object")
    }
    try json.skipValue()
    return .none
  }

  private static func nonEmpty(_ string: JSONString?) -> JSONString? {
    string.flatMap { $0.range.isEmpty ? nil : $0 }
  }
}
