extension Mistake {
  static let syntax = [
    Mistake("a list as a whole", "- a", "1:1: expected a mapping, found a list"),
    Mistake("a word as a whole", "hello", "1:1: expected a mapping, found \"hello\""),
    Mistake(
      "tab as indent", "server:\n\thost: a",
      "2:1: this is not YAML: found character that cannot start any token"
        + " while scanning for the next token that starts at line 2 (indent with spaces, not tabs)"),
    Mistake(
      "bracket without an end", "server: {host: a\n",
      "2:1: this is not YAML: did not find expected ',' or '}' while parsing a flow mapping"
        + " that starts at line 1"),
    Mistake(
      "variable without quotes within braces", "server: {host: ${HOST}}",
      "1:17: this is not YAML: did not find expected ',' or '}' while parsing a flow mapping"
        + " that starts at line 1 (put the text with ${ in quotes)"),
    Mistake(
      "wrong indent", "server:\n  host: a\n port: 1",
      "3:2: this is not YAML: did not find expected key while parsing a block mapping that starts at line 1"),
    Mistake(
      "key twice", "server:\n  port: 1\n  host: a\n  port: 2",
      "2:3: given more than once in the same mapping: \"port\""),
    Mistake(
      "two documents", "server: {}\n---\nserver: {}",
      "2:1: this is not YAML: but found another document expected a single document in the stream"
        + " that starts at line 1"),
    Mistake(
      "alias of nothing", "server: *base", "1:9: this is not YAML: found undefined alias"),
    Mistake(
      "list as a key", demo + "server: {? [a] : b}",
      "2:12: server: expected a word as key, found a list or mapping"),
    Mistake(
      "merge of a word", demo + "server: {<<: a}", "2:14: server: \"<<\" expects a mapping to merge"),
  ]
}
