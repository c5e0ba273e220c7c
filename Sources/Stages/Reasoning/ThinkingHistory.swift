import Pipeline

/// The thinking blocks of earlier turns in the `messages` of a request.
struct ThinkingHistory {
  struct Block: Sendable, Equatable {
    var fingerprint: ThinkingFingerprint
    /// Redacted blocks are.
    var isSigned: Bool
    /// It came from our translation.
    var isOurs: Bool
  }

  /// The content of one message that has thinking.
  private struct Content {
    var elements: [Range<Int>]
    /// By their places among the elements.
    var blocks: [Int: Block]
  }

  /// What is left of a message that was nothing but removed thinking.
  ///
  /// No message may be empty. Without it two user turns would meet, which is legal, but a `system` turn between
  /// them has to stand before an assistant turn.
  static let placeholder = Bytes(utf8: #"{"type":"text","text":"(no content)"}"#)

  private let messages: Bytes
  private var contents: [Content] = []

  /// - Parameter messages: a JSON list. Of another value nothing is read.
  init(_ messages: Bytes) {
    self.messages = messages
    do throws(JSONError) {
      contents = try messages.readJSON { json throws(JSONError) in try Self.readMessages(&json) }
    } catch {
      // The endpoint is the judge of what is no list of messages.
    }
  }

  /// In their order.
  var blocks: [Block] {
    contents.flatMap { content in content.blocks.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// The list without the blocks that `isRemoved` says, all other bytes as they were; nil when none is.
  ///
  /// Thinking blocks cannot carry `cache_control`, so no cache breakpoint goes with them.
  func removing(where isRemoved: (Block) -> Bool) -> Bytes? {
    let splices = contents.flatMap { cuts(in: $0, where: isRemoved) }
    return splices.isEmpty ? nil : messages.applying(splices)
  }

  private func cuts(in content: Content, where isRemoved: (Block) -> Bool) -> [Splice] {
    let removed = Set(content.blocks.filter { isRemoved($0.value) }.keys)
    let elements = content.elements
    if removed.count == elements.count, let first = elements.first, let last = elements.last {
      return [Splice(range: first.lowerBound..<last.upperBound, replacement: Self.placeholder)]
    }
    var hasKept = false
    return elements.indices.compactMap { place in
      guard removed.contains(place) else {
        hasKept = true
        return nil
      }
      return Splice(
        range: Splice.rangeToRemove(place, of: elements, hasKept: hasKept), replacement: [])
    }
  }

  // MARK: Reading

  private static func readMessages(_ json: inout JSONCursor) throws(JSONError) -> [Content] {
    guard try json.beginArrayOrSkip() else { return [] }
    var contents: [Content] = []
    while try json.nextElement() {
      guard try json.beginObjectOrSkip() else { continue }
      while let key = try json.nextKey() {
        if json.matches(key, "content") {
          if let content = try readContent(&json) { contents.append(content) }
        } else {
          try json.skipValue()
        }
      }
    }
    return contents
  }

  /// Nil when there is no thinking in it.
  private static func readContent(_ json: inout JSONCursor) throws(JSONError) -> Content? {
    guard try json.beginArrayOrSkip() else { return nil }
    var content = Content(elements: [], blocks: [:])
    while try json.nextElement() {
      json.skipWhitespace()
      let start = json.position
      if let block = try readBlock(&json) { content.blocks[content.elements.count] = block }
      content.elements.append(start..<json.position)
    }
    return content.blocks.isEmpty ? nil : content
  }

  /// Nil when it is of another kind.
  private static func readBlock(_ json: inout JSONCursor) throws(JSONError) -> Block? {
    guard try json.beginObjectOrSkip() else { return nil }
    var type, thinking, signature, data: JSONString?
    while let key = try json.nextKey() {
      if json.matches(key, "type") {
        type = try json.stringOrSkip()
      } else if json.matches(key, "thinking") {
        thinking = try json.stringOrSkip()
      } else if json.matches(key, "signature") {
        signature = try json.stringOrSkip()
      } else if json.matches(key, "data") {
        data = try json.stringOrSkip()
      } else {
        try json.skipValue()
      }
    }
    guard let type else { return nil }
    if json.matches(type, "thinking") {
      return Block(
        signature: signature.map { json.decode($0) } ?? "", text: thinking.map { json.decode($0) } ?? "")
    }
    guard json.matches(type, "redacted_thinking") else { return nil }
    return Block(redacted: data.map { json.decode($0) } ?? "")
  }
}

extension ThinkingHistory.Block {
  fileprivate init(signature: String, text: String) {
    isSigned = !signature.isEmpty
    isOurs = ThinkingMarker.isOurs(signature)
    fingerprint =
      isSigned ? ThinkingFingerprint(.signature, signature) : ThinkingFingerprint(.text, text)
  }

  fileprivate init(redacted data: String) {
    isSigned = true
    isOurs = ThinkingMarker.isOurs(data)
    fingerprint = ThinkingFingerprint(.redactedData, data)
  }
}
