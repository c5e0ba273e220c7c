/// Why a tag rule cannot be used.
package struct TagRuleError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The rule's name.
  package var rule: String
  /// One sentence: what is wrong with it.
  package var detail: String
  /// The line within the rule's script, from 1, where that is what is wrong.
  package var line: Int?

  init(rule: String = "", _ detail: String, line: Int? = nil) {
    self.rule = rule
    self.detail = detail
    self.line = line
  }

  package var description: String { "Tag rule `\(rule)`: \(detail)" }
}
