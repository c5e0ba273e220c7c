import HTTPTypes
import Pipeline

/// A condition, ready to run.
indirect enum TagMatcher: Sendable {
  case path(WildcardPattern)
  case header(HTTPField.Name, WildcardPattern)
  case query(String, WildcardPattern)
  case method(Set<String>)
  case model(WildcardPattern)
  case body(JSONPath, ValueMatcher)
  case userMessage(WildcardPattern)
  case thinking(minimumBudget: Int)
  case fact(TagCondition.Fact, ValueMatcher)
  case script(TagScript)
  case all([TagMatcher])
  case any([TagMatcher])
  case not(TagMatcher)

  init(_ condition: TagCondition, limits: ScriptLimits) throws(TagRuleError) {
    switch condition {
    case .path(let pattern): self = .path(WildcardPattern(pattern))
    case .header(let name, let pattern):
      guard let field = HTTPField.Name(name) else {
        throw TagRuleError("`\(name)` is not a valid header name.")
      }
      self = .header(field, WildcardPattern(pattern))
    case .query(let name, let pattern): self = .query(name, WildcardPattern(pattern))
    case .method(let methods): self = .method(Set(methods.map { $0.uppercased() }))
    case .model(let pattern): self = .model(WildcardPattern(pattern))
    case .bodyJSON(let dotted, let test):
      guard let path = JSONPath(dotted: dotted) else {
        throw TagRuleError("`\(dotted)` is not a path of names and indexes such as `tools.0.name`.")
      }
      self = .body(path, ValueMatcher(test))
    case .userMessage(let pattern): self = .userMessage(WildcardPattern(pattern))
    case .thinking(let minimum): self = .thinking(minimumBudget: minimum)
    case .fact(let fact, let test): self = .fact(fact, ValueMatcher(test))
    case .script(let source, let name):
      do throws(ScriptFailure) {
        self = .script(try TagScript(source: source, name: name, limits: limits))
      } catch {
        throw TagRuleError(error.description, line: error.line)
      }
    case .all(let parts): self = .all(try Self.compile(parts, limits))
    case .any(let parts): self = .any(try Self.compile(parts, limits))
    case .not(let part): self = .not(try TagMatcher(part, limits: limits))
    }
  }

  private static func compile(
    _ conditions: [TagCondition], _ limits: ScriptLimits
  ) throws(TagRuleError) -> [TagMatcher] {
    var matchers: [TagMatcher] = []
    for condition in conditions { matchers.append(try TagMatcher(condition, limits: limits)) }
    return matchers
  }

  /// Whether the condition holds. A script that fails lets the whole condition fail: `not` must not turn a
  /// fault into a match. The parts of `all` and `any` run in order, as far as needed.
  func matches(_ subject: TagSubject) throws(ScriptFailure) -> Bool {
    let request = subject.request
    switch self {
    case .path(let pattern): return pattern.matches(request.path)
    case .header(let name, let pattern):
      return request.fields[values: name].contains { pattern.matches($0) }
    case .query(let name, let pattern): return subject.query[name].map { pattern.matches($0) } ?? false
    case .method(let methods): return methods.contains(request.method.rawValue)
    case .model(let pattern): return subject.facts.model.map { pattern.matches($0) } ?? false
    case .body(let path, let test):
      return test.passes(path.value(in: request.body, fields: subject.facts.fields))
    case .userMessage(let pattern): return subject.facts.lastUserText.map { pattern.matches($0) } ?? false
    case .thinking(let minimum): return subject.facts.thinking.has(budget: minimum)
    case .fact(let fact, let test): return test.passes(subject.value(of: fact))
    case .script(let script): return try script.matches(subject.script)
    case .all(let parts):
      for part in parts where try !part.matches(subject) { return false }
      return true
    case .any(let parts):
      for part in parts where try part.matches(subject) { return true }
      return false
    case .not(let part): return try !part.matches(subject)
    }
  }
}

extension RequestFacts.Thinking {
  fileprivate func has(budget minimum: Int) -> Bool {
    switch self {
    case .off: false
    case .adaptive: minimum <= 0
    case .enabled(let budget): budget >= minimum
    }
  }
}
