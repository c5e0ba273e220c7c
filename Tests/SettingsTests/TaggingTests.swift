import Settings
import Stages
import Testing

@Suite struct TaggingTests {
  private func condition(_ keys: String) throws -> TagCondition? {
    try load("endpoints: [{name: a, endpoint_type: demo}]\ntagging: {taggers: [{name: n, tag: t, \(keys)}]}")
      .settings.tagging.rules.first?.condition
  }

  @Test func `facts and fields of the body are compared`() throws {
    #expect(
      try condition("type: builtin, builtin_type: fact, config: {fact: tool_count, ge: 10}")
        == .fact(.toolCount, test: .compare(.greaterOrEqual, 10)))
    #expect(
      try condition("type: builtin, builtin_type: fact, config: {fact: has_image, exists: true}")
        == .fact(.hasImage, test: .exists(true)))
    #expect(
      try condition("type: builtin, builtin_type: fact, config: {fact: session_id, matches: \"ab*\"}")
        == .fact(.sessionID, test: .matches(pattern: "ab*")))
    #expect(
      try condition("type: builtin, builtin_type: body-json, config: {json_path: tools.0.name, exists: no}")
        == .bodyJSON(path: "tools.0.name", test: .exists(false)))
  }

  @Test func `several tests of one value must all hold`() throws {
    #expect(
      try condition("type: builtin, builtin_type: body-json, config: {json_path: max_tokens, gt: 1, le: 4e3}")
        == .all([
          .bodyJSON(path: "max_tokens", test: .compare(.lessOrEqual, 4000)),
          .bodyJSON(path: "max_tokens", test: .compare(.greater, 1)),
        ]))
  }

  @Test func `composites nest, and config may be left out`() throws {
    #expect(
      try condition(
        """
        type: all, rules: [
          {type: builtin, builtin_type: model, expected_value: "*opus*"},
          {type: not, rules: [{type: any, rules: [
            {type: builtin, builtin_type: thinking},
            {type: lua, script: return request.method == "POST"}]}]}]
        """)
        == .all([
          .model(pattern: "*opus*"),
          .not(
            .any([
              .thinking(minimumBudget: 0),
              .script(
                source: "return request.method == \"POST\"",
                name: "tagging.taggers[0].rules[1].rules[0].rules[1].script"),
            ])),
        ]))
  }

  @Test func `a script file is found beside the configuration`() throws {
    let directory = try TemporaryDirectory()
    try directory.write("return true", to: "rule.lua")
    try directory.write(
      """
      endpoints: [{name: a, endpoint_type: demo}]
      tagging: {taggers: [{name: n, tag: t, type: lua, config: {script_file: rule.lua}}]}
      """, to: "config.yaml")
    let loaded = try Settings.load(file: directory.file("config.yaml"), environment: [:])
    #expect(
      loaded.settings.tagging.rules.map(\.condition) == [.script(source: "return true", name: "rule.lua")])
    #expect(loaded.files == [directory.file("config.yaml"), directory.file("rule.lua")])
  }
}
