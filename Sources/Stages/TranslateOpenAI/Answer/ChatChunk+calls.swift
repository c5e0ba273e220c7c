extension ChatChunk {
  /// Reads the `tool_calls` of a delta or a message.
  mutating func readCalls(_ json: inout JSONCursor) throws(JSONError) {
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
    let first = pieces.count
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
    guard position > 1 else { return }
    for place in first..<pieces.count {
      guard case .call(var call) = pieces[place] else { continue }
      call.isAlone = false
      pieces[place] = .call(call)
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

  /// Reads the legacy form of a call (Q49).
  mutating func readFunctionCall(_ json: inout JSONCursor) throws(JSONError) {
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
