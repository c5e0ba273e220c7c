import Pipeline

/// A JSON Schema, kept byte for byte where nothing has to change.
struct ToolSchema {
  /// Deeper parts are passed on as they are, and count as not strict.
  private static let maximumDepth = 48

  let text: Bytes

  /// What is no object becomes the schema of an object with any members.
  init(_ schema: Bytes?) {
    let given = schema.flatMap { $0.jsonKind == .object ? $0 : nil }
    text = given ?? Bytes(utf8: #"{"type":"object"}"#)
  }

  /// With `properties`, which several servers insist on.
  var parameters: Bytes {
    guard var fields = try? JSONFields(text), fields["properties"] == nil else { return text }
    fields.set("properties", "{}")
    return fields.text
  }

  /// Without these keywords, wherever they stand as keywords: a property may have any name.
  func without(_ keywords: Set<String>) -> ToolSchema {
    keywords.isEmpty ? self : ToolSchema(Self.without(keywords, text, depth: 0))
  }

  /// Whether it is of the subset that strict mode takes: all properties required, no others allowed.
  var isStrict: Bool { Self.isStrict(text, depth: 0) }

  private static func without(_ keywords: Set<String>, _ schema: Bytes, depth: Int) -> Bytes {
    guard depth < maximumDepth, let given = try? JSONFields(schema) else { return schema }
    var fields = given
    for key in given.keys {
      let value = given[key] ?? []
      fields[key] =
        keywords.contains(key)
        ? nil : changing(value, of: Keyword(key)) { without(keywords, $0, depth: depth + 1) }
    }
    return fields == given ? schema : fields.text
  }

  private static func isStrict(_ schema: Bytes, depth: Int) -> Bool {
    // `true` and `false` are schemas too.
    guard schema.jsonKind == .object else { return true }
    guard depth < maximumDepth, let fields = try? JSONFields(schema) else { return false }
    let properties = fields.object("properties")
    if properties != nil || fields.string("type") == "object" {
      let required = Set((fields.array("required") ?? []).compactMap(\.jsonString))
      guard fields["additionalProperties"]?.isTrue == false,
        (properties?.keys ?? []).allSatisfy(required.contains)
      else { return false }
    }
    var isStrict = true
    for key in fields.keys {
      _ = changing(fields[key] ?? [], of: Keyword(key)) { inner in
        isStrict = isStrict && Self.isStrict(inner, depth: depth + 1)
        return inner
      }
    }
    return isStrict
  }

  // MARK: Schemas within schemas

  private enum Keyword {
    /// One schema, or a list of them.
    case schemas
    /// Schemas by name: the keys are no keywords.
    case named
    case other

    init(_ name: String) {
      switch name {
      case "items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties",
        "contains", "propertyNames", "not", "if", "then", "else", "anyOf", "oneOf", "allOf", "prefixItems":
        self = .schemas
      case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions": self = .named
      default: self = .other
      }
    }
  }

  /// The value of a keyword with `change` made to the schemas in it; the same bytes if none changes.
  private static func changing(_ value: Bytes, of keyword: Keyword, _ change: (Bytes) -> Bytes) -> Bytes {
    switch keyword {
    case .other: return value
    case .schemas:
      guard let schemas = value.jsonArray else { return change(value) }
      let changed = schemas.map(change)
      return changed == schemas ? value : Bytes(array: changed)
    case .named:
      guard let schemas = try? JSONFields(value) else { return value }
      var changed = schemas
      for key in schemas.keys { changed[key] = schemas[key].map(change) }
      return changed == schemas ? value : changed.text
    }
  }
}
