import Pipeline

/// One tool call of an answer, from its first piece to its end.
struct ToolCall {
  /// The endpoint's number of it, if it numbers its calls.
  let index: Int?
  /// The endpoint's id of it.
  var id: String?
  /// The id that the client gets.
  var clientID = ""
  /// The name that the client knows the tool by.
  var name: String?
  /// The JSON text of `extra_content`.
  var extra: String?
  /// It is written only when it is whole: its input may need mending.
  var isHeld = false
  private(set) var isClosed = false

  /// What has not been written, as the characters of a JSON string.
  private(set) var buffer: [UInt8] = []
  private var input = ToolInput()
  private var isMended = false
  /// How often mending was tried in vain, and the size of the buffer then.
  private var tries = (count: 0, size: 0)
  private static let tryLimit = 32

  init(index: Int?) { self.index = index }

  /// Its input is exactly one JSON object.
  var hasObject: Bool { isMended || input.isObject }
  /// It may end here: a call without arguments may have no input at all.
  var isWhole: Bool { hasObject || input.isEmpty }
  /// Nothing has come of it but, at most, a number.
  var isGhost: Bool { id == nil && name == nil && input.isEmpty }

  /// Checks the next piece of the input; returns the characters to write.
  mutating func check(_ arguments: ChatChunk.Arguments, of data: Bytes) -> (Bytes, hasEscapes: Bool) {
    switch arguments {
    case .none: return ([], false)
    case .string(let text):
      input.receive(text, of: data)
      return (data[text.range], text.hasEscapes)
    case .object(let range):
      input.receive(JSONString(range: range, hasEscapes: false), of: data)
      return (data[range].jsonEscaped, true)
    }
  }

  mutating func hold(_ fragment: Bytes) { buffer += fragment }

  /// Hands over what was held.
  mutating func takeBuffer() -> Bytes {
    defer { buffer = [] }
    return Bytes(buffer)
  }

  mutating func close() { isClosed = true }

  // MARK: Mending

  /// Rewrites an input in Python's notation as JSON, if that is what has been held.
  ///
  /// - Parameter isLast: no more of it will come; before that, it is tried a few times only.
  mutating func mendPython(isLast: Bool) -> Bool {
    guard !hasObject, !input.isEmpty, isLast || buffer.count != tries.size && tries.count < Self.tryLimit
    else { return false }
    tries = (tries.count + 1, buffer.count)
    guard let json = PythonJSON.mended(Bytes(buffer).jsonUnescaped) else { return false }
    replace(with: Bytes(json))
    return true
  }

  /// Wraps an input that is no object, so that the model gets to read its own mistake (§5.7).
  mutating func wrapInvalid() {
    replace(with: Bytes(#"{"INVALID_JSON":""#.utf8) + buffer + Bytes(#""}"#.utf8))
  }

  private mutating func replace(with json: Bytes) {
    buffer = Array(json.jsonEscaped)
    isMended = true
  }
}

extension Bytes {
  /// These bytes, UTF-8, as the characters of a JSON string.
  var jsonEscaped: Bytes { jsonQuoted.dropFirst().dropLast() }

  /// The bytes that these characters of a JSON string stand for.
  var jsonUnescaped: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    unsafe withUnsafeBufferPointer { raw in
      unsafe JSONUnescaper.unescape(raw) { bytes.append($0) }
    }
    return bytes
  }
}
