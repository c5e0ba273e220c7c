import Pipeline

/// The fields of a JSON object in their order, values as raw text: to read a few, change a few and write it
/// again.
///
/// For what happens a few times an answer. Values keep their bytes and are slices of the text that was read;
/// only keys and the white space between fields are written anew. The last of two equal keys counts.
struct JSONFields: Equatable {
  /// As read, equal keys and all: objects have few fields, and most are only looked into.
  private var fields: [(key: String, value: Bytes)] = []

  init() {}

  /// The names of the fields in order, each once.
  var keys: [String] {
    var known: Set<String> = []
    return fields.map(\.key).filter { known.insert($0).inserted }
  }

  static func == (left: JSONFields, right: JSONFields) -> Bool {
    left.fields.elementsEqual(right.fields) { $0 == $1 }
  }

  /// The given fields in their order; those without a value are left out.
  init(_ fields: KeyValuePairs<String, Bytes?>) {
    for (key, value) in fields { self[key] = value }
  }

  init(_ text: Bytes) throws(JSONError) {
    fields.reserveCapacity(8)
    try text.readJSON { json throws(JSONError) in
      try json.beginObject()
      while let key = try json.nextKey() {
        let name = json.decode(key)
        json.skipWhitespace()
        fields.append((name, text[try json.skipValue()]))
      }
      try json.end()
    }
  }

  /// The raw text of a value; nil when there is no such field. Setting nil removes it.
  subscript(key: String) -> Bytes? {
    get { fields.last { $0.key == key }?.value }
    set {
      guard let newValue else { return fields.removeAll { $0.key == key } }
      if let index = fields.lastIndex(where: { $0.key == key }) {
        fields[index].value = newValue
      } else {
        fields.append((key, newValue))
      }
    }
  }

  mutating func set(_ key: String, _ json: String) { self[key] = Bytes(utf8: json) }

  /// Takes over every field of `other`; where both have one, that of `other` counts.
  mutating func merge(_ other: JSONFields) {
    var places = Dictionary(fields.indices.map { (fields[$0].key, $0) }) { $1 }
    for field in other.fields {
      if let place = places[field.key] {
        fields[place].value = field.value
      } else {
        places[field.key] = fields.count
        fields.append(field)
      }
    }
  }

  /// The object as a JSON text.
  var text: Bytes {
    var text = Array("{".utf8)
    var unique = JSONFields()
    unique.merge(self)
    for field in unique.fields {
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      text += field.key.jsonQuoted.utf8
      text.append(UInt8(ascii: ":"))
      text += field.value
    }
    text.append(UInt8(ascii: "}"))
    return Bytes(text)
  }
}

// MARK: Reading values

extension JSONFields {
  /// The kind of a value; nil when there is no such field.
  func kind(_ key: String) -> JSONKind? {
    self[key]?.readValue { json throws(JSONError) in try json.peek() }
  }

  /// Nil unless it is a string.
  func string(_ key: String) -> String? { self[key]?.jsonString }

  /// Nil unless it is a number without fraction that fits.
  func integer(_ key: String) -> Int? {
    self[key]?.readValue { json throws(JSONError) in try json.integer() } ?? nil
  }

  /// Nil unless it is an object.
  func object(_ key: String) -> JSONFields? {
    guard kind(key) == .object, let value = self[key] else { return nil }
    return try? JSONFields(value)
  }

  /// The raw elements; nil unless it is an array.
  func array(_ key: String) -> [Bytes]? {
    guard let value = self[key] else { return nil }
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
