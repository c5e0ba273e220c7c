import Pipeline
import Stages

/// Writes settings as YAML that shows no secret; what it writes can be loaded again.
struct Outline {
  private(set) var lines: [String] = []
  private var indent = ""
  /// What comes before the next line instead of the indent: the dash of a list's element.
  private var lead: String?

  mutating func plain(_ key: String, _ value: some CustomStringConvertible) {
    line("\(quotedIfNeeded(key)): \(value)")
  }

  /// A text; nothing when it is nil.
  mutating func text(_ key: String, _ value: String?) {
    if let value { plain(key, quoted(value)) }
  }

  /// A secret, by its description.
  mutating func secret(_ key: String, _ value: Secret?) {
    text(key, value?.description)
  }

  mutating func duration(_ key: String, _ value: Duration) {
    plain(key, value == .unlimited ? "0" : value.goNotation)
  }

  mutating func texts(_ key: String, _ values: [String]) {
    plain(key, "[\(values.map(quoted).joined(separator: ", "))]")
  }

  /// A mapping; `{}` when nothing is written in it.
  mutating func section(_ key: String, _ body: (inout Outline) -> Void) {
    nest(key, empty: "{}", by: "  ", body)
  }

  /// A list of mappings.
  mutating func items<Item>(_ key: String, _ items: [Item], _ body: (Item, inout Outline) -> Void) {
    nest(key, empty: "[]", by: "    ") { out in
      for item in items {
        out.lead = String(out.indent.dropLast(2)) + "- "
        body(item, &out)
      }
    }
  }

  private mutating func nest(
    _ key: String, empty: String, by step: String, _ body: (inout Outline) -> Void
  ) {
    line("\(quotedIfNeeded(key)):")
    let (count, outer) = (lines.count, indent)
    indent += step
    body(&self)
    indent = outer
    lead = nil
    if lines.count == count, let last = lines.popLast() { lines.append("\(last) \(empty)") }
  }

  private mutating func line(_ text: String) {
    lines.append((lead ?? indent) + text)
    lead = nil
  }

  private func quotedIfNeeded(_ key: String) -> String {
    key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
      ? key : quoted(key)
  }

  /// In quotes, so that no text is read as something else; JSON's escapes are YAML's too.
  private func quoted(_ text: String) -> String {
    text.replacing("${", with: "$${").jsonQuoted
  }
}

extension Settings {
  /// The effective settings as YAML with every default filled in; secrets by `Secret.description`.
  package var redactedText: String {
    var out = Outline()
    out.section("server") { server.outline(&$0) }
    out.items("endpoints", endpoints) { endpoint, out in endpoint.outline(&out) }
    out.section("selection") { selection.outline(&$0) }
    out.section("failover") { failover.outline(&$0) }
    out.section("timeouts") {
      GlobalTimeouts(upstream: timeouts, healthCheck: healthCheck).outline(&$0)
    }
    out.section("tagging") { tagging.outline(&$0) }
    out.section("logging") { logging.outline(&$0) }
    out.section("validation") { validation.outline(&$0) }
    out.section("web_admin") { webAdmin.outline(&$0) }
    out.section("i18n") { i18n.outline(&$0) }
    if !prices.own.isEmpty { out.items("prices", prices.own) { $0.outline(&$1) } }
    return out.lines.joined(separator: "\n") + "\n"
  }
}
