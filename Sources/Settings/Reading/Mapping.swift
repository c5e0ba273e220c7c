import Yams

/// A mapping of the file that knows which of its keys were asked for: the others are mistakes.
final class Mapping {
  let place: Place
  let reading: Reading
  private var entries: [String: Value] = [:]
  /// The keys in the order of the file.
  private var order: [String] = []
  private var asked: [String] = []
  private var acceptsAnything = false

  init(_ node: Node.Mapping, at place: Place, reading: Reading) {
    self.place = place
    self.reading = reading
    add(node)
  }

  /// The value of a key; nil when it is absent or has none.
  subscript(key: String) -> Value? {
    if !asked.contains(key) { asked.append(key) }
    guard let value = entries[key], !value.isNull else { return nil }
    return value
  }

  /// All entries in the order of the file, for mappings whose keys are the user's own.
  func allEntries() -> [(key: String, value: Value)] {
    acceptsAnything = true
    return order.compactMap { key in entries[key].map { (key, $0) } }
  }

  /// Stops `reportUnknownKeys` from complaining: what the keys mean depends on something that is wrong.
  func acceptRest() { acceptsAnything = true }

  /// Accepts a key that does nothing any more, and says so.
  func ignore(_ key: String, because reason: String) {
    asked.append(key)
    guard let value = entries[key] else { return }
    value.warn("accepted but ignored: \(reason)")
  }

  /// Says that a key is needed.
  func reportMissing(_ key: String, expected: String) {
    let place = entries[key]?.place ?? place.appending(key: key)
    reading.report(.error, at: place, "missing: expected \(expected)")
  }

  /// The text of a key that must be there and not empty.
  func requiredText(_ key: String, expected: String) -> String? {
    guard let value = self[key] else {
      reportMissing(key, expected: expected)
      return nil
    }
    guard let text = value.text() else { return nil }
    if text.isEmpty { reportMissing(key, expected: expected) }
    return text.isEmpty ? nil : text
  }

  /// Reports every key nobody asked for. Called once, when the section is read.
  func reportUnknownKeys() {
    guard !acceptsAnything else { return }
    for key in order where !asked.contains(key) {
      guard let value = entries[key] else { continue }
      value.report(
        "unknown key", suggestion: nearestName(to: key, among: asked).map { "did you mean \"\($0)\"?" })
    }
  }

  private func add(_ node: Node.Mapping) {
    var merged: [Node] = []
    for (key, value) in node {
      guard case .scalar(let scalar) = key else {
        reading.report(.error, at: position(of: key), "expected a word as key, found a list or mapping")
        continue
      }
      if scalar.string == "<<", scalar.style == .plain {
        merged += value.sequence.map(Array.init) ?? [value]
      } else if entries[scalar.string] == nil {
        var place = position(of: key)
        place.path = self.place.appending(key: masked(scalar.string)).path
        entries[scalar.string] = Value(node: value, place: place, reading: reading)
        order.append(scalar.string)
      }
    }
    // YAML's merge key: own keys win over merged ones, earlier merged ones over later.
    for node in merged {
      if let mapping = node.mapping {
        add(mapping)
      } else {
        reading.report(.error, at: position(of: node), "\"<<\" expects a mapping to merge")
      }
    }
  }

  private func position(of node: Node) -> Place {
    Place(line: node.mark?.line, column: node.mark?.column, path: place.path)
  }
}
