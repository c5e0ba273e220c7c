import Pipeline
import Stages
import Testing

@Suite struct FailureRuleFactsTests {
  let overloaded = Bytes(
    utf8: #"{"type":"error","error":{"type":"overloaded_error","message":"Busy, come later"}}"#)

  func rule(_ change: (inout FailureRule) -> Void) -> FailureRule {
    var rule = FailureRule(action: .retry)
    change(&rule)
    return rule
  }

  @Test func `a rule can be tried on a failure of the past`() {
    let facts = FailureRule.Facts(endpoint: "first", status: 503, words: overloaded, detail: "no")
    #expect(rule { _ in }.holds(for: facts))
    #expect(rule { $0.statuses = [500...599] }.holds(for: facts))
    #expect(!rule { $0.statuses = [529...529] }.holds(for: facts))
    #expect(
      rule { ($0.endpoint, $0.errorType, $0.body) = ("f*", "overloaded*", "come (soon|later)") }.holds(
        for: facts))
    #expect(!rule { $0.errorType = "rate_limit_error" }.holds(for: facts))
    #expect(!rule { $0.body = "^Busy" }.holds(for: facts))
  }

  @Test func `an error inside a success has the status of its type`() {
    let facts = FailureRule.Facts(endpoint: "first", status: nil, words: overloaded, detail: "no")
    #expect(rule { $0.statuses = [529...529] }.holds(for: facts))
    let silent = FailureRule.Facts(endpoint: "first", status: nil, words: [], detail: "Nothing came.")
    #expect(!rule { $0.statuses = [200...599] }.holds(for: silent))
    #expect(rule { $0.body = "Nothing" }.holds(for: silent))
  }
}
