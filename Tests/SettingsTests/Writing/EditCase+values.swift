import Settings

extension EditCase {
  static let values = [
    EditCase(
      "a comment behind a value stays", "a: 1\t# one\nb: 2\n", .set("a", .int(3)),
      result: "a: 3\t# one\nb: 2\n"),
    EditCase(
      "a value in quotes", "a: 'it''s'   # c\nb: \"x\\\"y\"\n", .set("a", .text("x")),
      .set("b", .text("yes")),
      result: "a: x   # c\nb: \"yes\"\n"),
    EditCase("a key without value", "a:   # c\nb: 1\n", .set("a", .text("x")), result: "a: x   # c\nb: 1\n"),
    EditCase("a value by YAML's word for nothing", "a: ~\n", .set("a", .bool(true)), result: "a: true\n"),
    EditCase(
      "a flow list is written between brackets again", "a: [1, 2]  # c\n",
      .set("a", .list([.text("x: y"), .int(3)])), result: "a: [\"x: y\", 3]  # c\n"),
    EditCase(
      "a value between braces", "a: { b: 1, c: 2 }\n", .set("a.b", .text("a, b")),
      result: "a: { b: \"a, b\", c: 2 }\n"),
    EditCase(
      "a key alone between braces", "a: {b, c: 2}\n", .set("a.b", .int(1)), result: "a: {b: 1, c: 2}\n"),
    EditCase(
      "braces over several lines", "a: {b: 1, # one\n    c: 2} # two\nd: 3\n", .set("a.c", .int(5)),
      result: "a: {b: 1, # one\n    c: 5} # two\nd: 3\n"),
    EditCase(
      "a text of several lines becomes a block", "a: x # c\nb: 1\n",
      .set("a", .text("if x then\n  y\nend\n")),
      result: "a: | # c\n  if x then\n    y\n  end\nb: 1\n"),
    EditCase(
      "a block becomes another one", "a:\n  s: |\n    one\n\n    two\n\n  # c\n  t: 1\n",
      .set("a.s", .text("three\nfour")), result: "a:\n  s: |-\n    three\n    four\n\n  # c\n  t: 1\n"),
    EditCase(
      "a folded block becomes a word", "a: >-  # c\n  one\n  two\nb: 1\n", .set("a", .text("x")),
      result: "a: x  # c\nb: 1\n"),
    EditCase(
      "a quoted text over lines", "a: \"one\n  two\" # c\nb: 1\n", .set("a", .int(1)),
      result: "a: 1 # c\nb: 1\n"),
    EditCase(
      "a plain text over lines", "a: one\n  two\nb: 1\n", .set("a", .int(1)), result: "a: 1\nb: 1\n"),
    EditCase(
      "a value in the line below", "a:\n  x\nb: 1\n", .set("a", .text("w")), result: "a: w\nb: 1\n"),
    EditCase(
      "a section becomes a word", "a: # c\n  b: 1\n  c: 2\nd: 3\n", .set("a", .int(1)),
      result: "a: 1 # c\nd: 3\n"),
    EditCase(
      "a word becomes a section", "a: 1 # c\nd: 3\n",
      .set("a", .map(["b": .int(1), "c": .map(["d": .list([.text("x")])])])),
      result: "a: # c\n  b: 1\n  c:\n    d: [x]\nd: 3\n"),
    EditCase(
      "text that is no ASCII", "ä: 日本 # é\nb: ü\n", .set("b", .text("ß")), .set("ä", .text("語")),
      result: "ä: 語 # é\nb: ß\n"),
    EditCase(
      "a variable stays as it is written", "a: 1\nb: {c: 1}\n", .set("a", .text("${KEY}")),
      .set("b.c", .text("${KEY}")), result: "a: ${KEY}\nb: {c: \"${KEY}\"}\n"),
    EditCase(
      "only what differs is written",
      "endpoints:\n  - name:  a   # the first\n    url: 'https://a.test'\n\n    # lower is first\n    priority: 1\n",
      .replace(
        .endpoint("a"),
        .map([
          "priority": .int(2), "name": .text("a"), "url": .text("https://a.test"),
          "tags": .list([.text("x")]),
        ])),
      result:
        "endpoints:\n  - name:  a   # the first\n    url: 'https://a.test'\n\n    # lower is first\n    priority: 2\n"
        + "    tags: [x]\n"),
    EditCase(
      "rules within an endpoint are changed one by one",
      "r:\n  rules:\n  - {p: a, t: b}  # one\n  - p: c  # two\n    t: d\n  - {p: e, t: f}\n",
      .replace(
        SettingPath("r"),
        .map([
          "rules": .list([
            .map(["p": .text("a"), "t": .text("x")]), .map(["p": .text("c"), "t": .text("d")]),
          ])
        ])),
      result: "r:\n  rules:\n  - {p: a, t: x}  # one\n  - p: c  # two\n    t: d\n"),
    EditCase(
      "a document start", "---\na: 1\n", .set("a", .int(2)), .set("b", .int(3)), result: "---\na: 2\nb: 3\n"),
  ]
}
