import Pipeline

extension ChatChunk {
  /// Reads a chunk in one pass that checks all of its JSON.
  ///
  /// Values of a wrong kind are passed over where nothing of the answer is lost; otherwise they leave a
  /// `fault`. Only the first choice counts.
  mutating func read(_ text: Bytes) throws(JSONError) {
    clear()
    data = text
    try text.readJSON { json throws(JSONError) in
      if try json.peek() == .array {
        try readList(&json)
      } else {
        try readChunk(&json)
      }
      try json.end()
    }
  }

  mutating func note(_ quirk: Quirk, _ what: String) {
    if fault == nil { fault = Fault(quirk: quirk, what: what) }
  }

  /// Gemini wraps its errors in a list (Q24).
  private mutating func readList(_ json: inout JSONCursor) throws(JSONError) {
    isList = true
    try json.beginArray()
    while try json.nextElement() {
      if try json.peek() == .object { try readChunk(&json) } else { try json.skipValue() }
    }
  }

  private mutating func readChunk(_ json: inout JSONCursor) throws(JSONError) {
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "choices") {
        try readChoices(&json)
      } else if json.matches(key, "model") {
        model = try json.stringOrSkip()
      } else if json.matches(key, "usage") {
        try readUsage(&json)
      } else if json.matches(key, "error") {
        try readError(&json)
      } else if json.matches(key, "x_groq") {
        try readGroq(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  /// Whatever is true in the sense of the official client, which throws then.
  private mutating func readError(_ json: inout JSONCursor) throws(JSONError) {
    switch try json.peek() {
    case .null: try json.skipValue()
    case .boolean: hasError = try json.boolean() || hasError
    case .string: hasError = try !json.string().range.isEmpty || hasError
    case .object, .array: hasError = try json.skipValue().count > 2 || hasError
    case .number: hasError = try json.integer() != 0 || hasError
    }
  }

  /// The last one counts, from wherever it comes; counts are cumulative and never added up (Q26).
  private mutating func readUsage(_ json: inout JSONCursor) throws(JSONError) {
    usage = try ChatUsage(&json) ?? usage
  }

  private mutating func readGroq(_ json: inout JSONCursor) throws(JSONError) {
    guard try json.beginObjectOrSkip() else { return }
    while let key = try json.nextKey() {
      if json.matches(key, "usage") {
        try readUsage(&json)
      } else if json.matches(key, "error") {
        try readError(&json)
      } else {
        try json.skipValue()
      }
    }
  }

  // MARK: Choices

  private mutating func readChoices(_ json: inout JSONCursor) throws(JSONError) {
    switch try json.peek() {
    case .null:
      try json.skipValue()
      return
    case .array: break
    case .object, .string, .number, .boolean:
      note(.content, "The choices of a chunk are no list")
      try json.skipValue()
      return
    }
    try json.beginArray()
    while try json.nextElement() {
      if try json.peek() == .object {
        try readChoice(&json)
      } else {
        note(.content, "A choice is no object")
        try json.skipValue()
      }
    }
  }

  private mutating func readChoice(_ json: inout JSONCursor) throws(JSONError) {
    let before = pieces.count
    let (finishBefore, stopBefore) = (finish, stopSequence)
    var isOther = false
    var hasDelta = false
    try json.beginObject()
    while let key = try json.nextKey() {
      if json.matches(key, "delta") {
        // A choice with both says the same twice.
        pieces.removeSubrange(before...)
        isWhole = false
        hasDelta = try readDelta(&json)
      } else if json.matches(key, "finish_reason") {
        try readFinish(&json)
      } else if json.matches(key, "index") {
        isOther = try (json.integerOrSkip() ?? 0) != 0
      } else if json.matches(key, "message"), !hasDelta {
        isWhole = try readDelta(&json)
      } else if json.matches(key, "usage") {
        try readUsage(&json)
      } else if json.matches(key, "stop_reason") || json.matches(key, "matched_stop") {
        stopSequence = try json.stringOrSkip() ?? stopSequence
      } else {
        try json.skipValue()
      }
    }
    guard isOther else {
      hasChoice = true
      return
    }
    pieces.removeSubrange(before...)
    (finish, stopSequence) = (finishBefore, stopBefore)
  }

  private mutating func readFinish(_ json: inout JSONCursor) throws(JSONError) {
    switch try json.peek() {
    case .null: try json.skipValue()
    case .string:
      let reason = try json.string()
      // An empty one stands for null at some gateways.
      if !reason.range.isEmpty { finish = FinishReason(json.decode(reason)) }
    case .object, .array, .number, .boolean:
      note(.otherFinish, "A finish_reason is no string")
      try json.skipValue()
    }
  }
}
