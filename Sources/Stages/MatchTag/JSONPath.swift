import Pipeline

/// A place within a JSON text: names of members and indexes of elements, as in `tools.0.name`.
///
/// Of duplicate members the last one counts. A member whose name has a dot cannot be reached.
struct JSONPath: Sendable, Equatable {
  let components: [String]

  init(_ components: [String]) { self.components = components }

  /// - Returns: nil for a path that is empty or has an empty component.
  init?(dotted: String) {
    let components = dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !components.contains("") else { return nil }
    self.components = components
  }

  /// The value at this path of a whole JSON text; nil when there is none, or the text is broken.
  func value(in text: Bytes) -> TagValue? {
    Self.value(at: components[...], in: text)
  }

  /// The same for a body whose top level is known, without passing over the rest of it.
  func value(in body: Bytes, fields: [RequestFacts.Field]) -> TagValue? {
    guard let first = components.first, let field = fields.last(where: { $0.key == first }) else {
      return nil
    }
    return Self.value(at: components.dropFirst(), in: body[field.valueRange])
  }

  private static func value(at path: ArraySlice<String>, in text: Bytes) -> TagValue? {
    // A body has been checked before, so the only text that can be broken here is one within a string.
    let found = try? text.readJSON { (json) throws(JSONError) in try Self.find(path, in: &json) }
    return found ?? nil
  }

  private static func find(
    _ path: ArraySlice<String>, in json: inout JSONCursor
  ) throws(JSONError) -> TagValue? {
    guard let component = path.first else { return try TagValue(reading: &json) }
    var found: TagValue?
    switch try json.peek() {
    case .object:
      try json.beginObject()
      while let key = try json.nextKey() {
        if json.decode(key) == component {
          found = try find(path.dropFirst(), in: &json)
        } else {
          try json.skipValue()
        }
      }
    case .array:
      let wanted = Int(component)
      var index = 0
      try json.beginArray()
      while try json.nextElement() {
        if index == wanted {
          found = try find(path.dropFirst(), in: &json)
        } else {
          try json.skipValue()
        }
        index += 1
      }
    case .string, .number, .boolean, .null:
      try json.skipValue()
    }
    return found
  }
}
