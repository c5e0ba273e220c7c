extension Schema {
  /// The schema in JSON Schema 2020-12, with named objects as references into `#/components/schemas`.
  var described: JSON {
    guard let name else { return body }
    let reference: JSON = ["$ref": .text("#/components/schemas/\(name)")]
    return isNullable ? ["anyOf": [reference, ["type": "null"]]] : reference
  }

  /// The same without the reference, for the place it refers to.
  var body: JSON {
    var members = constraints
    if let explanation, name == nil { members.append(JSON.Member("description", .text(explanation))) }
    return .object(members)
  }

  /// The named objects in here, this one included.
  var named: [String: Schema] {
    var all: [String: Schema] = [:]
    collect(into: &all)
    return all
  }

  private func collect(into all: inout [String: Schema]) {
    if let name {
      guard all[name] == nil else { return }
      var plain = self
      plain.isNullable = false
      all[name] = plain
    }
    switch kind {
    case .any, .bool, .integer, .number, .text: break
    case .array(let element), .map(let element): element.collect(into: &all)
    case .object(let properties, _): for property in properties { property.schema.collect(into: &all) }
    case .oneOf(let schemas): for schema in schemas { schema.collect(into: &all) }
    }
  }

  private func type(_ name: String) -> JSON.Member {
    let isNullable = isNullable && self.name == nil
    return JSON.Member("type", isNullable ? .array([.text(name), "null"]) : .text(name))
  }

  private var constraints: [JSON.Member] {
    switch kind {
    case .any: return []
    case .bool: return [type("boolean")]
    case .number: return [type("number")]
    case .integer(let least, let most):
      return [type("integer")] + least.map { [JSON.Member("minimum", .integer($0))] }.orEmpty
        + most.map { [JSON.Member("maximum", .integer($0))] }.orEmpty
    case .text(let shortest, let longest, let values):
      var members = [type("string")]
      if shortest > 0 { members.append(JSON.Member("minLength", .integer(shortest))) }
      if let longest { members.append(JSON.Member("maxLength", .integer(longest))) }
      if !values.isEmpty {
        members.append(JSON.Member("enum", .array(values.map(JSON.text) + (isNullable ? [.null] : []))))
      }
      return members
    case .array(let element): return [type("array"), JSON.Member("items", element.described)]
    case .map(let element): return [type("object"), JSON.Member("additionalProperties", element.described)]
    case .object(let properties, let isOpen): return objectMembers(properties, isOpen)
    case .oneOf(let schemas):
      return [JSON.Member("anyOf", .array(schemas.map(\.described) + (isNullable ? [["type": "null"]] : [])))]
    }
  }

  private func objectMembers(_ properties: [Property], _ isOpen: Bool) -> [JSON.Member] {
    let required = properties.filter(\.isRequired).map { JSON.text($0.name) }
    var members = [type("object")]
    if !properties.isEmpty {
      members.append(
        JSON.Member(
          "properties", .object(properties.map { JSON.Member($0.name, $0.schema.described) })))
    }
    if !required.isEmpty { members.append(JSON.Member("required", .array(required))) }
    if !isOpen { members.append(JSON.Member("additionalProperties", false)) }
    return members
  }
}

extension Optional where Wrapped: RangeReplaceableCollection {
  fileprivate var orEmpty: Wrapped { self ?? Wrapped() }
}
