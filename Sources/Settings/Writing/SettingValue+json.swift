package import Pipeline
package import Stages

extension SettingValue {
  /// Reads one JSON text; the order of keys is kept.
  package init(json: Bytes) throws(JSONError) {
    self = try json.readJSON { cursor throws(JSONError) in
      let value = try SettingValue(reading: &cursor, json)
      try cursor.end()
      return value
    }
  }

  private init(reading json: inout JSONCursor, _ bytes: Bytes) throws(JSONError) {
    switch try json.peek() {
    case .null:
      try json.skipValue()
      self = .null
    case .boolean: self = .bool(try json.boolean())
    case .string: self = .text(json.decode(try json.string()))
    case .number:
      let digits = String(decoding: bytes[try json.number()], as: UTF8.self)
      self = Int(digits).map { .int($0) } ?? .number(Double(digits) ?? .nan)
    case .array:
      var elements: [SettingValue] = []
      try json.beginArray()
      while try json.nextElement() { elements.append(try SettingValue(reading: &json, bytes)) }
      self = .list(elements)
    case .object:
      var map = SettingMap()
      try json.beginObject()
      while let key = try json.nextKey() {
        let name = json.decode(key)
        map[name] = try SettingValue(reading: &json, bytes)
      }
      self = .map(map)
    }
  }

  /// The value as compact JSON with its keys in their order.
  package var json: String {
    switch self {
    case .null: "null"
    case .bool, .int, .double: scalarText ?? "null"
    case .text(let text): text.jsonQuoted
    case .list(let list): "[" + list.map(\.json).joined(separator: ",") + "]"
    case .map(let map):
      "{" + map.entries.map { "\($0.key.jsonQuoted):\($0.value.json)" }.joined(separator: ",") + "}"
    }
  }
}
