import Pipeline

/// The kind of an event, as its data says.
enum EventType: Equatable {
  case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, ping, error
  /// A type that is not known: passes untouched.
  case other
  /// The data has no string `type`.
  case missing

  /// The name on the wire.
  var name: StaticString? {
    switch self {
    case .messageStart: "message_start"
    case .blockStart: "content_block_start"
    case .blockDelta: "content_block_delta"
    case .blockStop: "content_block_stop"
    case .messageDelta: "message_delta"
    case .messageStop: "message_stop"
    case .ping: "ping"
    case .error: "error"
    case .other, .missing: nil
    }
  }

  /// The most frequent come first.
  static let known: [EventType] = [
    .blockDelta, .ping, .blockStart, .blockStop, .messageDelta, .messageStop, .messageStart, .error,
  ]

  init(_ json: JSONCursor, _ name: JSONString) {
    // Written out, for the event that is nearly all of a stream.
    if json.spells(name, "content_block_delta") {
      self = .blockDelta
    } else {
      self = Self.known.first { $0.name.map { json.spells(name, $0) } ?? false } ?? .other
    }
  }
}

/// What an event's data says that every event needs, read in one pass that checks all of it and copies nothing.
struct EventFields {
  var type = EventType.missing
  /// The characters of `type`, within the data.
  var typeName: JSONString?
  /// Nil when absent or no integer.
  var index: Int?
  var delta = DeltaFields()
  var hasError = false

  /// Throws for data that is not exactly one JSON object.
  init(_ data: Bytes) throws(JSONError) {
    try data.readJSON { json throws(JSONError) in try read(&json) }
  }

  private mutating func read(_ json: inout JSONCursor) throws(JSONError) {
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.spells(key, "type") {
        try readType(&json)
      } else if json.spells(key, "index") {
        index = nil
        if try json.peek() == .number { index = try json.integer() } else { try json.skipValue() }
      } else if json.spells(key, "delta") {
        delta = DeltaFields()
        if try json.peek() == .object { try delta.read(&json) } else { try json.skipValue() }
      } else {
        if json.spells(key, "error") { hasError = try json.peek() != .null }
        try json.skipValue()
      }
    }
    try json.end()
  }

  private mutating func readType(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.peek() == .string else {
      (type, typeName) = (.missing, nil)
      try json.skipValue()
      return
    }
    let name = try json.string()
    type = EventType(json, name)
    typeName = name
  }
}

/// The kind of a delta, as its `type` says.
enum DeltaType: Equatable {
  case text, inputJSON, thinking, signature, citations, compaction
  /// A type that is not known: passes untouched.
  case other
}

/// What a content_block_delta's `delta` says.
struct DeltaFields {
  /// A value that has to be a string.
  enum Payload: Equatable {
    case absent
    case null
    case string(JSONString)
    case wrongKind
  }

  /// Nil when there is no string `type`.
  var type: DeltaType?
  private var text = Payload.absent
  private var partialJSON = Payload.absent
  private var thinking = Payload.absent
  private var signature = Payload.absent

  /// The value that the delta's type is about; nil for types whose payload is no string.
  var payload: Payload? {
    switch type {
    case .text: text
    case .inputJSON: partialJSON
    case .thinking: thinking
    case .signature: signature
    case .citations, .compaction, .other, nil: nil
    }
  }

  mutating func read(_ json: inout JSONCursor) throws(JSONError) {
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.spells(key, "type") {
        type = try Self.readType(&json)
      } else if json.spells(key, "text") {
        text = try Self.readPayload(&json)
      } else if json.spells(key, "partial_json") {
        partialJSON = try Self.readPayload(&json)
      } else if json.spells(key, "thinking") {
        thinking = try Self.readPayload(&json)
      } else if json.spells(key, "signature") {
        signature = try Self.readPayload(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  private static func readType(_ json: inout JSONCursor) throws(JSONError) -> DeltaType? {
    guard try json.peek() == .string else {
      try json.skipValue()
      return nil
    }
    let name = try json.string()
    if json.spells(name, "text_delta") { return .text }
    if json.spells(name, "input_json_delta") { return .inputJSON }
    if json.spells(name, "thinking_delta") { return .thinking }
    if json.spells(name, "signature_delta") { return .signature }
    if json.spells(name, "citations_delta") { return .citations }
    if json.spells(name, "compaction_delta") { return .compaction }
    return .other
  }

  private static func readPayload(_ json: inout JSONCursor) throws(JSONError) -> Payload {
    switch try json.peek() {
    case .string: return .string(try json.string())
    case .null:
      try json.skipValue()
      return .null
    case .object, .array, .number, .boolean:
      try json.skipValue()
      return .wrongKind
    }
  }
}

extension JSONCursor {
  /// Whether a string says `text`, in escapes or plainly: a client sees no difference.
  fileprivate func spells(_ string: JSONString, _ text: StaticString) -> Bool {
    matches(string, text) || string.hasEscapes && decode(string) == "\(text)"
  }
}
