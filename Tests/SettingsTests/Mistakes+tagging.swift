/// One rule with these keys beside its name and tag, in flow style on line 3.
private func rule(_ keys: String) -> String { "\(demo)tagging: {taggers: [\n{name: n, tag: t, \(keys)}]}" }

private let starlark =
  "(write type: lua and the body of should_tag as script: def should_tag(): return \"x\" in request.path"
  + " → return request.path:find(\"x\", 1, true) ~= nil; \"x\" in request.headers"
  + " → request.headers[\"x\"] ~= nil; request.query.get(\"x\") == \"y\" → request.query[\"x\"] == \"y\")"

extension Mistake {
  static let tagging = [
    Mistake(
      "rule without a name", demo + "tagging: {taggers: [{tag: t, type: builtin, builtin_type: thinking}]}",
      "2:21: tagging.taggers[0].name: missing: expected a name for the log"),
    Mistake(
      "rule without a tag", demo + "tagging: {taggers: [{name: n, type: builtin, builtin_type: thinking}]}",
      "2:21: tagging.taggers[0].tag: missing: expected the tag to give"),
    Mistake(
      "rule without a type", rule("builtin_type: model"),
      "3:1: tagging.taggers[0].type: missing: expected builtin, lua, all, any or not"),
    Mistake(
      "unknown type", rule("type: built-in"),
      "3:19: tagging.taggers[0].type: expected one of builtin, lua, all, any, not, starlark,"
        + " found \"built-in\" (did you mean \"builtin\"?)"),
    Mistake(
      "builtin without its kind", rule("type: builtin"),
      "3:1: tagging.taggers[0].builtin_type: missing: expected one of path, header, query, method, model,"
        + " body-json, user-message, thinking, fact"),
    Mistake(
      "unknown kind", rule("type: builtin, builtin_type: body_json"),
      "3:34: tagging.taggers[0].builtin_type: expected one of path, header, query, method, model, body-json,"
        + " user-message, thinking, fact, found \"body_json\" (did you mean \"body-json\"?)"),
    Mistake(
      "path without a pattern", rule("type: builtin, builtin_type: path, config: {path_pattern: ''}"),
      "3:63: tagging.taggers[0].config.path_pattern: missing: expected a text, with * and ? as wildcards"),
    Mistake(
      "header without a value", rule("type: builtin, builtin_type: header, config: {header_name: a}"),
      "3:56: tagging.taggers[0].config.expected_value: missing: expected a text, with * and ? as wildcards"),
    Mistake(
      "query without a name", rule("type: builtin, builtin_type: query, config: {expected_value: a}"),
      "3:55: tagging.taggers[0].config.param_name: missing: expected a name"),
    Mistake(
      "method that is no list", rule("type: builtin, builtin_type: method, config: {methods: POST}"),
      "3:65: tagging.taggers[0].config.methods: expected a list, found \"POST\""),
    Mistake(
      "negative budget", rule("type: builtin, builtin_type: thinking, config: {min_budget_tokens: -1}"),
      "3:67: tagging.taggers[0].config.min_budget_tokens: expected a whole number of at least 0, found \"-1\""
    ),
    Mistake(
      "body-json without a test", rule("type: builtin, builtin_type: body-json, config: {json_path: a}"),
      "3:59: tagging.taggers[0].config.expected_value: missing: expected a test: expected_value, exists, lt,"
        + " le, eq, ne, ge or gt"),
    Mistake(
      "comparison with a word",
      rule("type: builtin, builtin_type: body-json, config: {json_path: a, gt: many}"),
      "3:82: tagging.taggers[0].config.gt: expected a number, found \"many\""),
    Mistake(
      "unknown fact", rule("type: builtin, builtin_type: fact, config: {fact: tools, ge: 1}"),
      "3:63: tagging.taggers[0].config.fact: expected one of tool_count, has_image, estimated_input_tokens,"
        + " session_id, stream, message_count, found \"tools\""),
    Mistake(
      "fact without a test", rule("type: builtin, builtin_type: fact, config: {fact: tool_count}"),
      "3:54: tagging.taggers[0].config.matches: missing: expected a test: matches, exists, lt, le, eq, ne,"
        + " ge or gt"),
    Mistake(
      "composite without rules", rule("type: all"),
      "3:1: tagging.taggers[0].rules: missing: expected the list of rules to combine"),
    Mistake(
      "composite of nothing", rule("type: any, rules: []"),
      "3:30: tagging.taggers[0].rules: expected at least one rule"),
    Mistake(
      "negation of two",
      rule(
        "type: not, rules: [{type: builtin, builtin_type: thinking}, {type: builtin, builtin_type: thinking}]"
      ),
      "3:30: tagging.taggers[0].rules: expected exactly one rule to negate, found 2"),
    Mistake(
      "tag on a nested rule", rule("type: not, rules: [{type: builtin, builtin_type: thinking, tag: x}]"),
      "3:78: tagging.taggers[0].rules[0].tag: unknown key"),
    Mistake(
      "rules nested too deep",
      rule(
        String(repeating: "type: not, rules: [{", count: 17) + "type: builtin, builtin_type: thinking"
          + String(repeating: "}]", count: 17)),
      "3:350: tagging.taggers[0]\(String(repeating: ".rules[0]", count: 16)).rules:"
        + " rules are nested more than 16 levels deep"),
    Mistake(
      "script that is missing", rule("type: lua"),
      "3:1: tagging.taggers[0].script: missing: expected a Lua chunk that returns true or false,"
        + " or script_file"),
    Mistake(
      "script twice", rule("type: lua, script: return true, script_file: a.lua"),
      "3:51: tagging.taggers[0].script_file: expected either script or script_file, found both"),
    Mistake(
      "script file that is missing", rule("type: lua, config: {script_file: /nowhere/a.lua}"),
      "3:39: tagging.taggers[0].config.script_file: \"/nowhere/a.lua\" cannot be read:"
        + " No such file or directory"),
    Mistake(
      "Starlark", rule("type: starlark, config: {script: 'def should_tag(): return True'}"),
      "3:19: tagging.taggers[0].type: Starlark is not supported, scripts are written in Lua " + starlark),
  ]
}
