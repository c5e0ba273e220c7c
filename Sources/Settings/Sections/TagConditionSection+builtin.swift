import Stages

extension TagCondition {
  private enum Builtin: String, CaseIterable {
    case path, header, query, method, model
    case bodyJSON = "body-json"
    case userMessage = "user-message"
    case thinking, fact
  }

  /// Reads a rule of `type: builtin`.
  static func readBuiltin(_ rule: Mapping) -> TagCondition? {
    guard let kind: Builtin = rule["builtin_type"]?.choice() else {
      if rule["builtin_type"] == nil {
        let words = Builtin.allCases.map(\.rawValue).joined(separator: ", ")
        rule.reportMissing("builtin_type", expected: "one of \(words)")
      }
      rule.acceptRest()
      return nil
    }
    guard let config = rule["config"] else { return read(kind, rule) }
    return config.mapping { read(kind, $0) }
  }

  private static func read(_ kind: Builtin, _ map: Mapping) -> TagCondition? {
    func pattern(_ key: String = "expected_value") -> String? {
      map.requiredText(key, expected: "a text, with * and ? as wildcards")
    }
    func name(_ key: String) -> String? { map.requiredText(key, expected: "a name") }
    switch kind {
    case .path: return pattern("path_pattern").map { .path(pattern: $0) }
    case .header: return both(name("header_name"), pattern()).map { .header(name: $0, pattern: $1) }
    case .query: return both(name("param_name"), pattern()).map { .query(name: $0, pattern: $1) }
    case .method: return readMethods(map)
    case .model: return pattern().map { .model(pattern: $0) }
    case .userMessage: return pattern().map { .userMessage(pattern: $0) }
    case .thinking:
      let budget = map["min_budget_tokens"]?.integer(in: 0...Int.max) ?? 0
      return .thinking(minimumBudget: budget)
    case .bodyJSON:
      let path = map.requiredText("json_path", expected: "a dotted path such as metadata.user_id")
      return both(path, readTests(map, pattern: "expected_value")).flatMap { path, tests in
        combined(tests.map { .bodyJSON(path: path, test: $0) })
      }
    case .fact: return readFact(map)
    }
  }

  private static func readMethods(_ map: Mapping) -> TagCondition? {
    guard let value = map["methods"] else {
      map.reportMissing("methods", expected: "a list such as [POST]")
      return nil
    }
    let methods = value.texts().map { $0.uppercased() }
    return methods.isEmpty ? nil : .method(methods)
  }

  private static func readFact(_ map: Mapping) -> TagCondition? {
    let words = Fact.allCases.map(\.rawValue).joined(separator: ", ")
    if map["fact"] == nil { map.reportMissing("fact", expected: "one of \(words)") }
    let fact: Fact? = map["fact"]?.choice()
    return both(fact, readTests(map, pattern: "matches")).flatMap { fact, tests in
      combined(tests.map { .fact(fact, test: $0) })
    }
  }

  /// The tests of a value: a pattern, comparisons, `exists`; nil, reported, when there is none.
  private static func readTests(_ map: Mapping, pattern key: String) -> [ValueTest]? {
    var tests: [ValueTest] = []
    var isComplete = true
    if let value = map[key] {
      if let pattern = value.filledText() {
        tests.append(.matches(pattern: pattern))
      } else {
        isComplete = false
      }
    }
    for comparison in Comparison.allCases {
      guard let value = map[comparison.rawValue] else { continue }
      if let number = value.number() {
        tests.append(.compare(comparison, number))
      } else {
        isComplete = false
      }
    }
    if let value = map["exists"] {
      if let exists = value.boolean() { tests.append(.exists(exists)) } else { isComplete = false }
    }
    if tests.isEmpty, isComplete {
      map.reportMissing(key, expected: "a test: \(key), exists, lt, le, eq, ne, ge or gt")
    }
    return tests.isEmpty || !isComplete ? nil : tests
  }

  private static func combined(_ conditions: [TagCondition]) -> TagCondition? {
    conditions.count > 1 ? .all(conditions) : conditions.first
  }

  private static func both<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
    guard let first, let second else { return nil }
    return (first, second)
  }
}
