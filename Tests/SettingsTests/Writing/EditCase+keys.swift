import Settings

extension EditCase {
  static let keys = [
    EditCase(
      "a new key follows the last one", "a:\n    b: 1 # c\n\n# next\nd: 1\n", .set("a.x", .text("w")),
      result: "a:\n    b: 1 # c\n    x: w\n\n# next\nd: 1\n"),
    EditCase(
      "comments that belong to the last key stay with it",
      "a:\n  b:\n    c: 1\n    # hidden\n  # outer\nd: 1\n",
      .set("a.x", .int(1)), result: "a:\n  b:\n    c: 1\n    # hidden\n  x: 1\n  # outer\nd: 1\n"),
    EditCase(
      "a new section", "a:\n  b: 1\n\nc:\n  d: 1\n\n#e:\n#  f: 1\n", .set("e.f", .int(2)),
      result: "a:\n  b: 1\n\nc:\n  d: 1\n\ne:\n  f: 2\n\n#e:\n#  f: 1\n"),
    EditCase("a section in a file of comments", "# c\n", .set("a.b", .int(1)), result: "# c\na:\n  b: 1\n"),
    EditCase("a section in an empty file", "", .set("a.b", .int(1)), result: "a:\n  b: 1\n"),
    EditCase(
      "a section that is there but empty", "a:\nb: 1\n", .set("a.x.w", .int(1)),
      result: "a:\n  x:\n    w: 1\nb: 1\n"),
    EditCase("a section of braces", "a: {}\nb: 1\n", .set("a.x", .int(1)), result: "a:\n  x: 1\nb: 1\n"),
    EditCase("a key between braces", "a: {b: 1}\n", .set("a.c.d", .int(1)), result: "a: {b: 1, c: {d: 1}}\n"),
    EditCase(
      "a key between braces over lines", "a: {\n  b: 1,  # one\n}\n", .set("a.c", .int(2)),
      result: "a: {\n  b: 1, c: 2,  # one\n}\n"),
    EditCase(
      "a key goes with its comment", "a:\n  # about b\n  # more\n  b: 1 # c\n\n  # about d\n  d: 1\n",
      .remove("a.b"),
      result: "a:\n\n  # about d\n  d: 1\n"),
    EditCase(
      "a comment above several keys stays", "a:\n  # about both\n  b: 1\n  c: 2\n", .remove("a.b"),
      result: "a:\n  # about both\n  c: 2\n"),
    EditCase(
      "a hidden example is no comment of the key below", "a:\n  #x: 1\n  b: 1\n  # c\n  c: 1\n",
      .remove("a.b"),
      result: "a:\n  #x: 1\n  # c\n  c: 1\n"),
    EditCase("the last key of a section", "a:\n  b: 1\nc: 1\n", .remove("a.b"), result: "a: {}\nc: 1\n"),
    EditCase("the only key of all", "# c\n\na: 1\n", .remove("a"), result: "# c\n\n"),
    EditCase(
      "keys between braces", "a: {b: 1, c: 2, d: 3}\n", .remove("a.c"), .remove("a.d"), result: "a: {b: 1}\n"),
    EditCase("the last key between braces", "a: { b: 1 } # c\n", .remove("a.b"), result: "a: {  } # c\n"),
    EditCase(
      "an empty key between braces", "a: {b: , c: 1}\n", .remove("a.c"), .set("a.d", .int(1)),
      result: "a: {b: null, d: 1 }\n"),
    EditCase(
      "the key behind a dash", "a:\n  - b: 1\n    c: 2\n",
      .remove(SettingPath([.key("a"), .index(0), .key("b")])),
      result: "a:\n  - c: 2\n"),
    EditCase(
      "the key behind a dash with a comment below", "a:\n  - b: 1 # b\n    # about c\n    c: 2\n",
      .remove(SettingPath([.key("a"), .index(0), .key("b")])), result: "a:\n  -\n    # about c\n    c: 2\n"),
    EditCase(
      "the only key behind a dash", "a:\n- b: 1\n- c: 1\n",
      .remove(SettingPath([.key("a"), .index(0), .key("b")])),
      result: "a:\n- {}\n- c: 1\n"),
    EditCase(
      "a section with a script", "a:\n  s: |\n    x\n\n    y\n  t: 1\nb: 1\n", .remove("a.s"),
      result: "a:\n  t: 1\nb: 1\n"),
  ]
}
