/// What is remembered of a message's content, or of `system`: a string, or a list of blocks.
struct ContentSummary {
  /// Blocks contain blocks (tool results, documents), in practice two levels of them.
  private static let maximumDepth = 4

  /// Bytes of text, thinking and tool input as they stand in the JSON, escapes unresolved.
  var textBytes = 0
  /// Images, and documents that are not text.
  var attachments = 0
  /// Also within tool results.
  var hasImage = false
  /// A thinking block, redacted or not.
  var hasThinking = false
  /// The last text block, not counting those within other blocks; or the content itself if it is a string.
  var lastText: JSONString?

  init() {}

  init(reading json: inout JSONCursor, depth: Int = 0) throws(JSONError) {
    switch try json.peek() {
    case .string:
      let text = try json.string()
      textBytes = text.range.count
      lastText = text
    case .array:
      try json.beginArray()
      while try json.nextElement() { try readBlock(&json, depth: depth) }
    case .object, .number, .boolean, .null:
      try json.skipValue()
    }
  }

  /// Adds what counts up; `lastText` stays.
  mutating func add(_ other: ContentSummary) {
    textBytes += other.textBytes
    attachments += other.attachments
    hasImage = hasImage || other.hasImage
    hasThinking = hasThinking || other.hasThinking
  }

  /// The keys of a block may come in any order, so what they mean is settled at its end.
  private mutating func readBlock(_ json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var type: JSONString?
    var text: JSONString?
    var source = BlockSource()
    var nested = ContentSummary()
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "text") || json.matches(key, "thinking") {
        text = try json.stringOrSkip()
      } else if json.matches(key, "input") {
        textBytes += try json.skipValue().count
      } else if json.matches(key, "content"), depth < Self.maximumDepth {
        nested = try ContentSummary(reading: &json, depth: depth + 1)
      } else if json.matches(key, "source"), depth < Self.maximumDepth {
        source = try BlockSource(reading: &json, depth: depth + 1)
      } else {
        try json.skipValue()
      }
    }
    add(nested)
    add(source.content)
    textBytes += text?.range.count ?? 0
    guard let type else { return }
    if json.matches(type, "text") {
      lastText = text ?? lastText
    } else if json.matches(type, "thinking") || json.matches(type, "redacted_thinking") {
      hasThinking = true
    } else if json.matches(type, "image") {
      hasImage = true
      attachments += 1
    } else if json.matches(type, "document"), source.isOpaque {
      attachments += 1
    }
  }
}

/// The `source` of an image or a document.
private struct BlockSource {
  /// Base64 data, a URL or a file: no text to be read here.
  var isOpaque = false
  /// What is readable.
  var content = ContentSummary()

  init() {}

  init(reading json: inout JSONCursor, depth: Int) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    var type: JSONString?
    var data: JSONString?
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "data") {
        data = try json.stringOrSkip()
      } else if json.matches(key, "content") {
        content = try ContentSummary(reading: &json, depth: depth)
      } else {
        try json.skipValue()
      }
    }
    let isText = type.map { json.matches($0, "text") } ?? false
    let isContent = type.map { json.matches($0, "content") } ?? false
    if isText { content.textBytes += data?.range.count ?? 0 }
    isOpaque = !isText && !isContent
  }
}
