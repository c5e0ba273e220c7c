/// A value of the configuration as it is written: variables are not expanded and secrets are not masked.
///
/// It is what the admin API speaks and what `SettingsEditor` writes. Two values are equal when the configuration
/// means the same with either: the order of keys does not count, and a whole number is an `int` however it is
/// written.
package enum SettingValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  /// Finite, and no whole number that an `int` can hold: see `number`.
  case double(Double)
  case text(String)
  case list([SettingValue])
  case map(SettingMap)

  /// A number, as an `int` if it is whole; not finite ones, which JSON does not have, become their text.
  package static func number(_ value: Double) -> SettingValue {
    if let whole = Int(exactly: value) { return .int(whole) }
    return value.isFinite ? .double(value) : .text("\(value)")
  }

  package static func map(_ entries: KeyValuePairs<String, SettingValue>) -> SettingValue {
    .map(SettingMap(entries.map { ($0.key, $0.value) }))
  }

  /// The entries of a map; nil for anything else.
  package var map: SettingMap? {
    if case .map(let map) = self { map } else { nil }
  }

  /// The elements of a list; nil for anything else.
  package var list: [SettingValue]? {
    if case .list(let list) = self { list } else { nil }
  }

  /// The text of a text; nil for anything else.
  package var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// What a scalar is for a reader that takes everything for text; nil for containers and for nothing.
  var scalarText: String? {
    switch self {
    case .null, .list, .map: nil
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .double(let value): "\(value)"
    case .text(let text): text
    }
  }

  /// Nothing, or a map or list without content: what a section can be left out for.
  var isEmpty: Bool {
    switch self {
    case .null: true
    case .list(let list): list.isEmpty
    case .map(let map): map.isEmpty
    case .bool, .int, .double, .text: false
    }
  }
}

/// The entries of a mapping in their order; keys are unique.
package struct SettingMap: Sendable, Equatable {
  private var values: [String: SettingValue] = [:]
  /// In the order they were first set.
  package private(set) var keys: [String] = []

  package init() {}

  /// Of two entries with the same key the last one counts.
  package init(_ entries: some Sequence<(String, SettingValue)>) {
    for (key, value) in entries { self[key] = value }
  }

  package var isEmpty: Bool { keys.isEmpty }

  package var entries: [(key: String, value: SettingValue)] {
    keys.compactMap { key in values[key].map { (key, $0) } }
  }

  /// Nil when there is no such key, and to remove it.
  package subscript(key: String) -> SettingValue? {
    get { values[key] }
    set {
      guard let newValue else {
        values[key] = nil
        return keys.removeAll { $0 == key }
      }
      if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
    }
  }

  package static func == (left: SettingMap, right: SettingMap) -> Bool { left.values == right.values }
}
