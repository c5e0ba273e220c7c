import Stages

extension TagCondition {
  /// Writes the condition in the short form, without `config`.
  func outline(_ out: inout Outline) {
    switch self {
    case .path(let pattern): builtin("path", &out) { $0.text("path_pattern", pattern) }
    case .header(let name, let pattern):
      builtin("header", &out) { out in
        out.text("header_name", name)
        out.text("expected_value", pattern)
      }
    case .query(let name, let pattern):
      builtin("query", &out) { out in
        out.text("param_name", name)
        out.text("expected_value", pattern)
      }
    case .method(let methods): builtin("method", &out) { $0.texts("methods", methods) }
    case .model(let pattern): builtin("model", &out) { $0.text("expected_value", pattern) }
    case .userMessage(let pattern): builtin("user-message", &out) { $0.text("expected_value", pattern) }
    case .thinking(let budget): builtin("thinking", &out) { $0.plain("min_budget_tokens", budget) }
    case .bodyJSON(let path, let test):
      builtin("body-json", &out) { out in
        out.text("json_path", path)
        test.outline(pattern: "expected_value", &out)
      }
    case .fact(let fact, let test):
      builtin("fact", &out) { out in
        out.plain("fact", fact.rawValue)
        test.outline(pattern: "matches", &out)
      }
    case .script(let source, _):
      out.plain("type", "lua")
      out.text("script", source)
    case .all(let parts): composite("all", parts, &out)
    case .any(let parts): composite("any", parts, &out)
    case .not(let part): composite("not", [part], &out)
    }
  }

  private func builtin(_ type: String, _ out: inout Outline, _ body: (inout Outline) -> Void) {
    out.plain("type", "builtin")
    out.plain("builtin_type", type)
    body(&out)
  }

  private func composite(_ type: String, _ parts: [TagCondition], _ out: inout Outline) {
    out.plain("type", type)
    out.items("rules", parts) { part, out in part.outline(&out) }
  }
}

extension TagCondition.ValueTest {
  fileprivate func outline(pattern key: String, _ out: inout Outline) {
    switch self {
    case .exists(let exists): out.plain("exists", exists)
    case .matches(let pattern): out.text(key, pattern)
    case .compare(let comparison, let number): out.plain(comparison.rawValue, number)
    }
  }
}
