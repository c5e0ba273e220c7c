package import Pipeline

/// Reads what the flow needs to know of a request and gives it the tags whose rules match.
///
/// All rules that are switched on run, by priority and then in the order given; two rules may give the same tag.
/// A rule that fails is counted and gives no tag.
package struct MatchTag: Step {
  package static let name: StageName = "match-tag"

  private struct Rule {
    let name: String
    let tag: String
    let matcher: TagMatcher
    let tally: RuleTally
  }

  private let rules: [Rule]

  /// Prepares all rules that are switched on.
  ///
  /// - Throws: the first rule that cannot work: a script that does not compile, with Lua's message and line, a
  ///   header name or a path that is none.
  package init(rules: [TagRule], limits: ScriptLimits = ScriptLimits()) throws(TagRuleError) {
    var prepared: [Rule] = []
    // Sorting is stable.
    for rule in rules.sorted(by: { $0.priority < $1.priority }) where rule.isEnabled {
      let matcher = try Self.matcher(of: rule, limits: limits)
      prepared.append(
        Rule(name: rule.name, tag: rule.tag, matcher: matcher, tally: RuleTally(rule)))
    }
    self.rules = prepared
  }

  /// Throws what `init` would throw for this rule, be it switched on or off.
  package static func check(_ rule: TagRule) throws(TagRuleError) {
    _ = try matcher(of: rule, limits: ScriptLimits())
  }

  private static func matcher(of rule: TagRule, limits: ScriptLimits) throws(TagRuleError) -> TagMatcher {
    do throws(TagRuleError) {
      return try TagMatcher(rule.condition, limits: limits)
    } catch {
      throw TagRuleError(rule: rule.name, error.detail, line: error.line)
    }
  }

  /// The counts of all rules that are switched on, in the order they run.
  package var ruleCounts: [RuleCounts] { rules.map(\.tally.counts) }

  /// - Throws: `badRequest` for a body that cannot be read; see `RequestFacts.read`.
  package func run(
    _ request: ClientRequest, in exchange: Exchange
  ) async throws(ProxyFailure) -> TaggedRequest {
    let facts = try RequestFacts.read(request)
    let tags = tags(of: TagSubject(request, facts: facts))
    exchange.note { record in
      record.tags = tags.sorted()
      record.model = facts.model
      record.session = facts.sessionID
      record.isStreamed = facts.isStreamed
    }
    return TaggedRequest(request: request, facts: facts, tags: tags)
  }

  /// What each rule makes of a request; nothing is counted.
  ///
  /// - Throws: `badRequest` for a body that cannot be read.
  package func trial(_ request: ClientRequest) throws(ProxyFailure) -> TagTrial {
    let facts = try RequestFacts.read(request)
    let subject = TagSubject(request, facts: facts)
    let outcomes = rules.map { rule in
      do throws(ScriptFailure) {
        return TagTrial.Outcome(rule: rule.name, tag: rule.tag, isMatch: try rule.matcher.matches(subject))
      } catch {
        return TagTrial.Outcome(rule: rule.name, tag: rule.tag, isMatch: false, failure: error.description)
      }
    }
    let tags = Set(outcomes.filter(\.isMatch).map(\.tag))
    return TagTrial(tagged: TaggedRequest(request: request, facts: facts, tags: tags), outcomes: outcomes)
  }

  private func tags(of subject: TagSubject) -> Set<String> {
    var tags: Set<String> = []
    for rule in rules {
      do throws(ScriptFailure) {
        let isMatch = try rule.matcher.matches(subject)
        rule.tally.count(isMatch: isMatch)
        if isMatch { tags.insert(rule.tag) }
      } catch {
        rule.tally.count(error)
      }
    }
    return tags
  }
}
