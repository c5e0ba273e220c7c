import Settings

extension EditCase {
  private static let list = SettingPath("l")
  private static let x = SettingValue.map(["name": .text("x"), "p": .map(["q": .int(1)])])
  private static let commented = """
    l:
      # first
      - name: a
        v: 1  # va

      # second, line one
      # line two
      - name: b
        # inner
        v: 2
        # hidden: 1

      #- name: hidden
      #  v: 3

      - {name: c, v: 4}
    m: 1

    """

  static let elements = [
    EditCase(
      "an element at the end, apart like the others", commented, .insert(list, x, at: nil),
      result: commented.replacing("v: 4}\n", with: "v: 4}\n\n  - name: x\n    p:\n      q: 1\n")),
    EditCase(
      "an element in front of another and its comments", commented, .insert(list, x, at: 1),
      result: commented.replacing("  # second", with: "  - name: x\n    p:\n      q: 1\n\n  # second")),
    EditCase(
      "an element goes with its comments", commented, .remove(list.named("b")),
      result: """
        l:
          # first
          - name: a
            v: 1  # va


          #- name: hidden
          #  v: 3

          - {name: c, v: 4}
        m: 1

        """),
    EditCase(
      "elements move with their comments", commented, .order(list, [2, 0, 1]),
      result: """
        l:
          - {name: c, v: 4}

          # first
          - name: a
            v: 1  # va

          #- name: hidden
          #  v: 3

          # second, line one
          # line two
          - name: b
            # inner
            v: 2
            # hidden: 1
        m: 1

        """),
    EditCase(
      "a list that is not indented", "l:\n- name: a\n- name: b\n  s: |\n    z\nm: 1\n", .order(list, [1, 0]),
      .insert(list, x, at: nil),
      result: "l:\n- name: b\n  s: |\n    z\n- name: a\n- name: x\n  p:\n    q: 1\nm: 1\n"),
    EditCase(
      "an empty list", "l: []\nm: 1\n", .insert(list, x, at: nil),
      result: "l:\n  - name: x\n    p:\n      q: 1\nm: 1\n"),
    EditCase(
      "an empty list with examples below", "l:\n    # an example\n    #- name: a\n\nm: 1\n",
      .insert(list, x, at: nil),
      result: "l:\n    # an example\n    #- name: a\n    - name: x\n      p:\n        q: 1\n\nm: 1\n"),
    EditCase(
      "no list at all", "m: 1\n", .insert(list, x, at: nil),
      result: "m: 1\nl:\n  - name: x\n    p:\n      q: 1\n"),
    EditCase(
      "a list between brackets", "l: [{name: a}, {name: b}]\n", .insert(list, x, at: 1),
      .order(list, [2, 1, 0]),
      .remove(list.named("a")), result: "l: [{name: b}, {name: x, p: {q: 1}}]\n"),
    EditCase(
      "the last element", "l:\n  # c\n  - name: a\n\n  #- name: b\nm: 1\n", .remove(list.named("a")),
      result: "l: []\n  # c\n\n  #- name: b\nm: 1\n"),
    EditCase(
      "priorities follow the order", "l:\n- name: a\n  priority: 1 # one\n- name: b\n",
      .prioritise(list, ["b", "a"]),
      result: "l:\n- name: b\n  priority: 1\n- name: a\n  priority: 2 # one\n"),
    EditCase(
      "a copy stands behind its original", "l:\n- name: a # c\n  v: [1]\n- name: b\n",
      .copy(list.named("a"), as: "c"),
      result: "l:\n- name: a # c\n  v: [1]\n- name: c\n  v: [1]\n- name: b\n"),
    EditCase(
      "an element gets another name and more", "l:\n- name: a # c\n  v: 1\n",
      .replace(list.named("a"), .map(["name": .text("z"), "w": .int(2)])),
      result: "l:\n- name: z # c\n  w: 2\n"),
  ]

  private static let rules = "r:\n# a\n- {p: a}\n# b\n- {p: b}\n# c\n- {p: c}\n"

  private static func rules(_ names: String...) -> SettingsEdit {
    .replace(SettingPath("r"), .list(names.map { .map(["p": .text($0)]) }))
  }

  static let lists = [
    EditCase(
      "a list without its first element", rules, rules("b", "c"),
      result: rules.replacing("# a\n- {p: a}\n", with: "")),
    EditCase(
      "a list without the one in its middle", rules, rules("a", "c"),
      result: rules.replacing("# b\n- {p: b}\n", with: "")),
    EditCase(
      "a list with another element in it", rules, rules("a", "x", "b", "c"),
      result: rules.replacing("# b\n", with: "- p: x\n# b\n")),
    EditCase(
      "a list in another order", rules, rules("c", "a", "b"),
      result: "r:\n# c\n- {p: c}\n# a\n- {p: a}\n# b\n- {p: b}\n"),
    EditCase(
      "a list with a change", rules, rules("a", "x", "c"), result: rules.replacing("p: b", with: "p: x")),
    EditCase(
      "a list with more at its end", rules, rules("a", "b", "x", "z"),
      result: rules.replacing("p: c", with: "p: x") + "- p: z\n"),
    EditCase("a list without anything", rules, rules(), result: "r: []\n# a\n"),
  ]

  static let sharing = [
    EditCase(
      "a change of an alias writes it out", "a: &x\n  b: 1\n  c: 2\nd: *x # c\n", .set("d.b", .int(5)),
      result: "a: &x\n  b: 1\n  c: 2\nd: # c\n  b: 5\n  c: 2\n"),
    EditCase(
      "a key over a merged one", "a: &x {b: 1, c: {e: 2, f: 3}}\nd:\n  <<: *x\n  g: 1\n",
      .set("d.b", .int(5)),
      .set("d.c.e", .int(6)),
      result: "a: &x {b: 1, c: {e: 2, f: 3}}\nd:\n  <<: *x\n  g: 1\n  b: 5\n  c:\n    e: 6\n    f: 3\n"),
    EditCase(
      "only what differs from merged keys is written", "a: &x {b: 1, c: 2}\nd: {<<: *x, g: 1}\n",
      .replace(SettingPath("d"), .map(["b": .int(1), "c": .int(3), "g": .int(1)])),
      result: "a: &x {b: 1, c: 2}\nd: {<<: *x, g: 1, c: 3}\n"),
    EditCase("an anchor nobody uses", "a: &x 1\nb: 2\n", .set("a", .int(3)), result: "a: 3\nb: 2\n"),
    EditCase(
      "elements that do not share move", "l:\n- &x {name: a}\n- {name: b}\nm: *x\n", .order(list, [1, 0]),
      result: "l:\n- {name: b}\n- &x {name: a}\nm: *x\n"),
    EditCase("an alias goes", "a: &x 1\nb: *x\nc: 2\n", .remove("b"), result: "a: &x 1\nc: 2\n"),
  ]
}
