import Yams

/// A value of the file with typed access; what does not fit is reported and read as nil.
struct Value {
  let node: Node
  /// The place of its key, or of itself in a list.
  let place: Place
  let reading: Reading

  /// Nothing was written, or YAML's word for nothing.
  var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  var isList: Bool {
    if case .sequence(_) = node { true } else { false }
  }

  func report(_ message: String, suggestion: String? = nil) {
    reading.report(.error, at: place, message, suggestion: suggestion)
  }

  func warn(_ message: String, suggestion: String? = nil) {
    reading.report(.warning, at: place, message, suggestion: suggestion)
  }

  func reportMismatch(expected: String, suggestion: String? = nil) {
    report("expected \(expected), found \(found)", suggestion: suggestion)
  }

  /// What stands here, for a message: as written (values of variables stay out), secrets masked.
  var found: String {
    switch node {
    case .scalar(let scalar):
      if isNull { return "nothing" }
      if scalar.string.isEmpty { return "an empty text" }
      let written = Expansion(of: scalar.string) { "${\($0)}" }.text
      return scalar.string.contains("${") ? "the value of \"\(masked(written))\"" : "\"\(masked(written))\""
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .alias: return "an alias"
    }
  }

  // MARK: Containers

  /// Reads a mapping and reports the keys that `decode` did not ask for.
  func mapping<Result>(_ decode: (Mapping) -> Result?) -> Result? {
    guard case .mapping(let node) = node else {
      reportMismatch(expected: "a mapping")
      return nil
    }
    let mapping = Mapping(node, at: place, reading: reading)
    let result = decode(mapping)
    mapping.reportUnknownKeys()
    return result
  }

  /// The elements of a list; none, reported, when this is no list.
  func elements() -> [Value] {
    guard case .sequence(let sequence) = node else {
      reportMismatch(expected: "a list")
      return []
    }
    return sequence.enumerated().map { index, node in
      let place = Place(
        line: node.mark?.line ?? place.line, column: node.mark?.column ?? place.column,
        path: "\(place.path)[\(index)]")
      return Value(node: node, place: place, reading: reading)
    }
  }

  /// The elements of a list of texts.
  func texts() -> [String] {
    elements().compactMap { element in
      guard let text = element.text() else { return nil }
      if text.isEmpty { element.reportMismatch(expected: "a text") }
      return text.isEmpty ? nil : text
    }
  }

  // MARK: Scalars

  /// The text with its variables expanded. Numbers and booleans count as text.
  func text() -> String? {
    guard case .scalar(let scalar) = node, !isNull else {
      reportMismatch(expected: "a text")
      return nil
    }
    let expansion = Expansion(of: scalar.string) { reading.environment[$0] }
    for problem in expansion.problems { report(problem.description) }
    for name in expansion.shellDefaults {
      warn(
        "the default of ${\(name)} starts with \"-\"",
        suggestion: "here the form is ${\(name):default}, no \"-\"")
    }
    return expansion.problems.isEmpty ? expansion.text : nil
  }

  /// The text, nil when it is empty: an empty text means the same as no key.
  func filledText() -> String? {
    guard let text = text(), !text.isEmpty else { return nil }
    return text
  }

  func secretText() -> String? {
    guard let text = filledText() else { return nil }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      report("the secret contains a line break or another control character")
      return nil
    }
    return text
  }

  func boolean() -> Bool? {
    guard let text = filledText() else { return nil }
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      reportMismatch(expected: "true or false")
      return nil
    }
  }

  func integer(in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
    guard let text = text() else { return nil }
    guard let number = Int(text), range.contains(number) else {
      switch (range.lowerBound, range.upperBound) {
      case (Int.min, Int.max): reportMismatch(expected: "a whole number")
      case (let lowest, Int.max): reportMismatch(expected: "a whole number of at least \(lowest)")
      case (let lowest, let highest):
        reportMismatch(expected: "a whole number from \(lowest) to \(highest)")
      }
      return nil
    }
    return number
  }

  func number() -> Double? {
    guard let text = text() else { return nil }
    guard let number = Double(text), number.isFinite else {
      reportMismatch(expected: "a number")
      return nil
    }
    return number
  }

  /// One of the words of an enumeration.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type = Choice.self) -> Choice? {
    guard let text = filledText() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    reportMismatch(
      expected: "one of \(words.joined(separator: ", "))",
      suggestion: nearestName(to: text, among: words).map { "did you mean \"\($0)\"?" })
    return nil
  }
}
