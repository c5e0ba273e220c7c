/// One change of the configuration.
package enum SettingsEdit: Sendable, Equatable {
  /// Writes a value whole; sections on the way are made.
  case set(SettingPath, SettingValue)
  /// Writes a value where it differs from what is there, and nothing else.
  case replace(SettingPath, SettingValue)
  /// Removes a key, or an element of a list; a key that is not there is no mistake.
  case remove(SettingPath)
  /// Inserts an element before another one, by its index; nil for the end. The list is made if needed.
  case insert(SettingPath, SettingValue, at: Int?)
  /// Orders a list: the indexes its elements have now, each once.
  case order(SettingPath, [Int])
  /// Orders a list by the names of its elements, each once, and numbers their `priority` from 1.
  case prioritise(SettingPath, [String])
  /// Inserts a copy of an element, secrets included, after it, under another name.
  case copy(SettingPath, as: String)
}

/// A change of one value, apart from where it stands.
enum SettingChange {
  case set(SettingValue)
  case remove
  case insert(SettingValue, at: Int?)
  case order([Int])
}

extension SettingValue {
  /// This value with a change below it; nil when the way leads nowhere or the change does not fit.
  ///
  /// Keys on the way are made for a value that is set or inserted.
  func applying(_ change: SettingChange, at steps: ArraySlice<SettingPath.Step>) -> SettingValue? {
    guard let step = steps.first else { return applying(change) }
    let rest = steps.dropFirst()
    switch step {
    case .key(let key):
      guard var map = self == .null ? SettingMap() : map else { return nil }
      if rest.isEmpty, case .remove = change {
        map[key] = nil
      } else {
        guard let value = (map[key] ?? .null).applying(change, at: rest) else { return nil }
        map[key] = value
      }
      return .map(map)
    case .index(let index):
      guard var list, list.indices.contains(index) else { return nil }
      if rest.isEmpty, case .remove = change {
        list.remove(at: index)
      } else {
        guard let value = list[index].applying(change, at: rest) else { return nil }
        list[index] = value
      }
      return .list(list)
    case .named(let name):
      guard let index = list?.firstIndex(where: { $0.merged.hasName(name) }) else { return nil }
      return applying(change, at: [.index(index)] + rest)
    }
  }

  private func applying(_ change: SettingChange) -> SettingValue? {
    switch change {
    case .set(let value): return value
    case .remove: return nil
    case .insert(let value, let index):
      guard var list = self == .null ? [] : list, (0...list.count).contains(index ?? 0) else { return nil }
      list.insert(value, at: index ?? list.count)
      return .list(list)
    case .order(let order):
      guard let list, order.sorted() == Array(list.indices) else { return nil }
      return .list(order.map { list[$0] })
    }
  }
}
