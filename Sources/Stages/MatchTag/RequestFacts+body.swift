extension RequestFacts {
  /// Reads the body of a messages or count_tokens request.
  mutating func readBody(_ json: inout JSONCursor) throws(JSONError) {
    var messages = MessageSummary()
    var tools = ToolSummary()
    try json.beginObject()
    while let key = try json.nextKey() {
      let name = json.decode(key)
      _ = try json.peek()
      let start = json.position
      switch name {
      case "model": model = try json.stringOrSkip().map { json.decode($0) }
      case "stream": isStreamed = try json.booleanOrSkip() ?? false
      case "max_tokens": maxTokens = try json.integerOrSkip()
      case "thinking": thinking = try Thinking(reading: &json)
      case "metadata": userID = try Self.readUserID(&json)
      case "messages": messages = try MessageSummary(reading: &json)
      case "tools": tools = try ToolSummary(reading: &json)
      default: try json.skipValue()
      }
      let keyRange = key.range.lowerBound - 1..<key.range.upperBound + 1
      fields.append(Field(key: name, keyRange: keyRange, valueRange: start..<json.position))
    }
    try json.end()
    messageCount = messages.count
    hasImage = messages.hasImage
    hasThinkingBlocks = messages.hasThinking
    lastUserText = messages.lastUserText.map { json.decode($0) }
    toolNames = tools.names
    allowsInvalidToolInput = tools.areEager
  }

  private static func readUserID(_ json: inout JSONCursor) throws(JSONError) -> String? {
    guard try json.beginObjectOrSkip() else { return nil }
    var userID: String?
    while let key = try json.nextKey() {
      if json.matches(key, "user_id") {
        userID = try json.stringOrSkip().map { json.decode($0) }
      } else {
        try json.skipValue()
      }
    }
    return userID
  }
}

extension RequestFacts.Thinking {
  fileprivate init(reading json: inout JSONCursor) throws(JSONError) {
    self = .off
    guard try json.beginObjectOrSkip() else { return }
    var type: JSONString?
    var budget: Int?
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "budget_tokens") {
        budget = try json.integerOrSkip()
      } else {
        try json.skipValue()
      }
    }
    guard let type else { return }
    if json.matches(type, "enabled") {
      self = .enabled(budget: budget ?? 0)
    } else if json.matches(type, "adaptive") || json.matches(type, "between_tools") {
      self = .adaptive
    }
  }
}
