import Pipeline

extension Bytes {
  /// `text` as a JSON string.
  init(quoting text: String) { self.init(utf8: text.jsonQuoted) }

  /// A JSON array of JSON texts.
  init(array elements: some Sequence<Bytes>) {
    var json: [UInt8] = [UInt8(ascii: "[")]
    for element in elements {
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      json += element
    }
    json.append(UInt8(ascii: "]"))
    self = Bytes(json)
  }

  /// This JSON text, which must be valid, without the white space between its tokens, which keep their
  /// spelling.
  var compactJSON: Bytes {
    var compact: [UInt8] = []
    compact.reserveCapacity(count)
    var isInString = false
    var isEscaped = false
    for byte in self {
      if isInString {
        isInString = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else {
        if byte <= 0x20 { continue }
        isInString = byte == UInt8(ascii: "\"")
      }
      compact.append(byte)
    }
    return Bytes(compact)
  }

  /// Whether these bytes are one JSON text.
  var isJSON: Bool {
    do throws(JSONError) {
      try readJSON { json throws(JSONError) in
        try json.skipValue()
        try json.end()
      }
      return true
    } catch {
      return false
    }
  }

  /// The kind of the value these bytes are.
  var jsonKind: JSONKind? {
    do throws(JSONError) {
      return try readJSON { json throws(JSONError) in try json.peek() }
    } catch {
      return nil
    }
  }

  /// Whether they are `true`, or `false`; nil when they are another value.
  var isTrue: Bool? {
    elementsEqual("true".utf8) ? true : elementsEqual("false".utf8) ? false : nil
  }

  /// The raw elements of a JSON array; nil when these bytes are another value.
  var jsonArray: [Bytes]? { JSONFields(["array": self]).array("array") }
}
