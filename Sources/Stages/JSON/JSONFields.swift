import Pipeline

/// The fields of a JSON object in their order, values as raw text: to read a few, change a few and write it
/// again.
///
/// For what happens a few times an answer. Values keep their bytes and are slices of the text that was read;
/// only keys and the white space between fields are written anew. The last of two equal keys counts.
struct JSONFields: Equatable {
  /// The names of the fields, in order.
  private(set) var keys: [String] = []
  private var values: [String: Bytes] = [:]

  init() {}

  /// The given fields in their order; those without a value are left out.
  init(_ fields: KeyValuePairs<String, Bytes?>) {
    for (key, value) in fields { self[key] = value }
  }

  init(_ text: Bytes) throws(JSONError) {
    try text.readJSON { json throws(JSONError) in
      try json.beginObject()
      while let key = try json.nextKey() {
        let name = json.decode(key)
        if values[name] == nil { keys.append(name) }
        json.skipWhitespace()
        values[name] = text[try json.skipValue()]
      }
      try json.end()
    }
  }

  /// The raw text of a value; nil when there is no such field. Setting nil removes it.
  subscript(key: String) -> Bytes? {
    get { values[key] }
    set {
      switch (values[key], newValue) {
      case (nil, .some): keys.append(key)
      case (.some, nil): keys.removeAll { $0 == key }
      case (nil, nil), (.some, .some): break
      }
      values[key] = newValue
    }
  }

  mutating func set(_ key: String, _ json: String) { self[key] = Bytes(utf8: json) }

  /// Takes over every field of `other`; where both have one, that of `other` counts.
  mutating func merge(_ other: JSONFields) {
    for key in other.keys { self[key] = other[key] }
  }

  /// The object as a JSON text.
  var text: Bytes {
    var text = Array("{".utf8)
    for key in keys {
      guard let value = values[key] else { continue }
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      text += key.jsonQuoted.utf8
      text.append(UInt8(ascii: ":"))
      text += value
    }
    text.append(UInt8(ascii: "}"))
    return Bytes(text)
  }
}

// MARK: Reading values

extension JSONFields {
  /// The kind of a value; nil when there is no such field.
  func kind(_ key: String) -> JSONKind? {
    values[key]?.readValue { json throws(JSONError) in try json.peek() }
  }

  /// Nil unless it is a string.
  func string(_ key: String) -> String? { values[key]?.jsonString }

  /// Nil unless it is a number without fraction that fits.
  func integer(_ key: String) -> Int? {
    values[key]?.readValue { json throws(JSONError) in try json.integer() } ?? nil
  }

  /// Nil unless it is an object.
  func object(_ key: String) -> JSONFields? {
    guard kind(key) == .object, let value = values[key] else { return nil }
    return try? JSONFields(value)
  }

  /// The raw elements; nil unless it is an array.
  func array(_ key: String) -> [Bytes]? {
    guard let value = values[key] else { return nil }
    return value.readValue { json throws(JSONError) in
      var elements: [Bytes] = []
      try json.beginArray()
      while try json.nextElement() {
        json.skipWhitespace()
        elements.append(value[try json.skipValue()])
      }
      return elements
    }
  }
}

extension Bytes {
  /// The text of a JSON string; nil when these bytes are another value.
  var jsonString: String? {
    readValue { json throws(JSONError) in json.decode(try json.string()) }
  }

  /// These bytes, UTF-8, as a JSON string with its quotes.
  var jsonQuoted: Bytes {
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    quoted.reserveCapacity(count + 16)
    for byte in self {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): quoted += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0..<0x20: quoted += String(Unicode.Scalar(byte)).jsonQuoted.utf8.dropFirst().dropLast()
      default: quoted.append(byte)
      }
    }
    quoted.append(UInt8(ascii: "\""))
    return Bytes(quoted)
  }

  fileprivate func readValue<Value>(
    _ body: (inout JSONCursor) throws(JSONError) -> Value
  ) -> Value? {
    do throws(JSONError) { return try readJSON(body) } catch { return nil }
  }
}
