/// A value a rule tests: something of the body, or a derived fact.
enum TagValue: Sendable, Equatable {
  case text(String)
  /// In JSON's grammar.
  case number(String)
  case boolean(Bool)
  /// An object or an array.
  case container

  /// Reads the next value; JSON's null is no value.
  init?(reading json: inout JSONCursor) throws(JSONError) {
    switch try json.peek() {
    case .string:
      let text = try json.string()
      self = .text(json.decode(text))
    case .number:
      let range = try json.number()
      self = .number(json.decode(JSONString(range: range, hasEscapes: false)))
    case .boolean: self = .boolean(try json.boolean())
    case .object, .array:
      try json.skipValue()
      self = .container
    case .null:
      try json.skipValue()
      return nil
    }
  }

  init(_ number: Int) { self = .number(String(number)) }

  /// What patterns are matched with.
  var text: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .boolean(let value): value ? "true" : "false"
    case .container: nil
    }
  }

  /// What comparisons look at: numbers only, never digits in a string.
  var number: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }
}

/// A test of a value, ready to run. An absent value, or one of the wrong type, passes nothing but
/// `exists(false)`.
enum ValueMatcher: Sendable {
  case exists(Bool)
  case matches(WildcardPattern)
  case compare(TagCondition.Comparison, Double)

  init(_ test: TagCondition.ValueTest) {
    switch test {
    case .exists(let wanted): self = .exists(wanted)
    case .matches(let pattern): self = .matches(WildcardPattern(pattern))
    case .compare(let comparison, let bound): self = .compare(comparison, bound)
    }
  }

  func passes(_ value: TagValue?) -> Bool {
    switch self {
    case .exists(let wanted): (value != nil) == wanted
    case .matches(let pattern): value?.text.map { pattern.matches($0) } ?? false
    case .compare(let comparison, let bound): value?.number.map { comparison.holds($0, bound) } ?? false
    }
  }
}

extension TagCondition.Comparison {
  fileprivate func holds(_ value: Double, _ bound: Double) -> Bool {
    switch self {
    case .less: value < bound
    case .lessOrEqual: value <= bound
    case .equal: value == bound
    case .notEqual: value != bound
    case .greaterOrEqual: value >= bound
    case .greater: value > bound
    }
  }
}
