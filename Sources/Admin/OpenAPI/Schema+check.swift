extension Schema {
  /// What is wrong with a value; empty when it fits. Paths are like `names[2]`; the value itself is "".
  package func problems(in value: JSON, at path: String = "") -> [Problem] {
    if isNullable, value == .null { return [] }
    switch kind {
    case .any: return []
    case .bool: return value.bool == nil ? [wrong(value, "true or false", path)] : []
    case .number: return value.number == nil ? [wrong(value, "a number", path)] : []
    case .integer(let least, let most): return integerProblems(value, least, most, path)
    case .text(let shortest, let longest, let values):
      return textProblems(value, shortest, longest, values, path)
    case .array(let element):
      guard let elements = value.array else { return [wrong(value, "a list", path)] }
      return elements.enumerated().flatMap { element.problems(in: $1, at: "\(path)[\($0)]") }
    case .map(let element):
      guard let members = value.members else { return [wrong(value, "an object", path)] }
      return members.flatMap { element.problems(in: $0.value, at: Self.path(path, $0.name)) }
    case .object(let properties, let isOpen): return objectProblems(value, properties, isOpen, path)
    case .oneOf(let schemas):
      let all = schemas.map { $0.problems(in: value, at: path) }
      return all.contains([]) ? [] : all.first ?? []
    }
  }

  private func integerProblems(_ value: JSON, _ least: Int?, _ most: Int?, _ path: String) -> [Problem] {
    guard let integer = value.integer else { return [wrong(value, "a whole number", path)] }
    guard integer >= least ?? .min, integer <= most ?? .max else {
      let range = "\(least.map(String.init) ?? "…") to \(most.map(String.init) ?? "…")"
      return [Problem(path: path, message: "expected \(range), found \(integer)")]
    }
    return []
  }

  private func textProblems(
    _ value: JSON, _ shortest: Int, _ longest: Int?, _ values: [String], _ path: String
  ) -> [Problem] {
    guard let text = value.text else { return [wrong(value, "a text", path)] }
    if !values.isEmpty, !values.contains(text) {
      return [Problem(path: path, message: "expected one of \(values.joined(separator: ", "))")]
    }
    let length = text.unicodeScalars.count
    if length < shortest {
      return [Problem(path: path, message: "at least \(shortest) characters are needed")]
    }
    if length > longest ?? .max {
      return [Problem(path: path, message: "at most \(longest ?? 0) characters fit")]
    }
    return []
  }

  private func objectProblems(
    _ value: JSON, _ properties: [Property], _ isOpen: Bool, _ path: String
  ) -> [Problem] {
    guard let members = value.members else { return [wrong(value, "an object", path)] }
    var problems: [Problem] = []
    for property in properties {
      if let member = value[property.name] {
        problems += property.schema.problems(in: member, at: Self.path(path, property.name))
      } else if property.isRequired {
        problems.append(Problem(path: Self.path(path, property.name), message: "is missing"))
      }
    }
    guard !isOpen else { return problems }
    let known = properties.map(\.name)
    for member in members where !known.contains(member.name) {
      problems.append(
        Problem(
          path: Self.path(path, member.name), message: "is not known here",
          suggestion: known.isEmpty ? nil : "there is \(known.joined(separator: ", "))"))
    }
    return problems
  }

  private func wrong(_ value: JSON, _ expected: String, _ path: String) -> Problem {
    let found =
      switch value {
      case .null: "null"
      case .bool: "a boolean"
      case .integer, .number: "a number"
      case .text: "a text"
      case .array: "a list"
      case .object: "an object"
      }
    return Problem(path: path, message: "expected \(expected), found \(found)")
  }

  private static func path(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}
