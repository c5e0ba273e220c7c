/// What is remembered of a message's content: a string, or a list of blocks.
struct ContentSummary {
  /// Blocks contain blocks (tool results, documents), in practice two levels of them.
  private static let maximumDepth = 4

  /// Also within tool results and documents.
  var hasImage = false
  /// A thinking block, redacted or not.
  var hasThinking = false
  /// The last text block, not counting those within other blocks; or the content itself if it is a string.
  var lastText: JSONString?

  init() {}

  init(reading json: inout JSONCursor, depth: Int = 0) throws(JSONError) {
    switch try json.peek() {
    case .string: lastText = try json.string()
    case .array:
      try json.beginArray()
      while try json.nextElement() { try readBlock(&json, depth: depth) }
    case .object, .number, .boolean, .null:
      try json.skipValue()
    }
  }

  /// The keys of a block may come in any order, so what they mean is settled at its end.
  private mutating func readBlock(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var type: JSONString?
    var text: JSONString?
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "text") {
        text = try json.stringOrSkip()
      } else if json.matches(key, "content"), depth < Self.maximumDepth {
        try lookForImage(&json, depth: depth + 1)
      } else if json.matches(key, "source"), depth < Self.maximumDepth {
        try readSource(&json, depth: depth + 1)
      } else {
        try json.skipValue()
      }
    }
    guard let type else { return }
    if json.matches(type, "text") {
      lastText = text ?? lastText
    } else if json.matches(type, "thinking") || json.matches(type, "redacted_thinking") {
      hasThinking = true
    } else if json.matches(type, "image") {
      hasImage = true
    }
  }

  /// A document may consist of blocks.
  private mutating func readSource(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "content") {
        try lookForImage(&json, depth: depth)
      } else {
        try json.skipValue()
      }
    }
  }

  private mutating func lookForImage(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    let nested = try ContentSummary(reading: &json, depth: depth)
    hasImage = hasImage || nested.hasImage
  }
}
