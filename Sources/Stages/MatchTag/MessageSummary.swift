/// What is remembered of `messages`.
struct MessageSummary {
  var count = 0
  var hasImage = false
  var hasThinking = false
  /// The last text of the last user message; nil if that has only tool results or pictures.
  var lastUserText: JSONString?

  init() {}

  init(reading json: inout JSONCursor) throws(JSONError) {
    guard try json.beginArrayOrSkip() else { return }
    while try json.nextElement() {
      count += 1
      try readMessage(&json)
    }
  }

  private mutating func readMessage(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var isUser = false
    var message = ContentSummary()
    while let key = try json.nextKey() {
      if json.matches(key, "role") {
        let role = try json.stringOrSkip()
        isUser = role.map { json.matches($0, "user") } ?? false
      } else if json.matches(key, "content") {
        message = try ContentSummary(reading: &json)
      } else {
        try json.skipValue()
      }
    }
    if isUser { lastUserText = message.lastText }
    hasImage = hasImage || message.hasImage
    hasThinking = hasThinking || message.hasThinking
  }
}

/// What is remembered of `tools`.
struct ToolSummary {
  var names: [String] = []
  /// One of them asks for `eager_input_streaming`.
  var areEager = false

  init() {}

  init(reading json: inout JSONCursor) throws(JSONError) {
    guard try json.beginArrayOrSkip() else { return }
    while try json.nextElement() { try readTool(&json) }
  }

  private mutating func readTool(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "name") {
        if let name = try json.stringOrSkip() { names.append(json.decode(name)) }
      } else if json.matches(key, "eager_input_streaming") {
        if try json.booleanOrSkip() == true { areEager = true }
      } else {
        try json.skipValue()
      }
    }
  }
}
