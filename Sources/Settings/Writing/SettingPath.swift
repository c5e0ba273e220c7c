import Yams

/// The way from the root of the configuration to one of its values.
package struct SettingPath: Sendable, Hashable, CustomStringConvertible {
  /// One step down.
  package enum Step: Sendable, Hashable {
    /// To the value of a key.
    case key(String)
    /// To the element of a list, from 0.
    case index(Int)
    /// To the first element of a list that is a map with this `name`.
    case named(String)
  }

  package var steps: [Step]

  package init(_ steps: [Step] = []) { self.steps = steps }

  /// Of keys only.
  package init(_ keys: String...) { steps = keys.map { .key($0) } }

  /// Reads `failover.resume`: keys with points between them.
  package init(dotted text: String) {
    steps = text.split(separator: ".", omittingEmptySubsequences: false).map { .key(String($0)) }
  }

  package static func endpoint(_ name: String) -> SettingPath {
    SettingPath([.key("endpoints"), .named(name)])
  }

  package func key(_ key: String) -> SettingPath { SettingPath(steps + [.key(key)]) }
  package func index(_ index: Int) -> SettingPath { SettingPath(steps + [.index(index)]) }
  package func named(_ name: String) -> SettingPath { SettingPath(steps + [.named(name)]) }

  var parent: SettingPath { SettingPath(Array(steps.dropLast())) }

  /// `endpoints[a].proxy.type`, for messages.
  package var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + masked(key)
      case .index(let index): text += "[\(index)]"
      case .named(let name): text += "[\(masked(name))]"
      }
    }
  }

  /// The text of a key; one that is no scalar is named by what it looks like.
  static func key(of node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string
    case .mapping, .sequence, .alias: "\(SettingValue(node).json)"
    }
  }
}

extension SettingValue {
  /// The value a path leads to, merge keys taken in; nil when there is none.
  package subscript(path path: SettingPath) -> SettingValue? {
    path.steps.reduce(Optional(merged)) { value, step in
      switch step {
      case .key(let key): value?.map?[key]
      case .index(let index):
        value?.list.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      case .named(let name): value?.list?.first { $0.hasName(name) }
      }
    }
  }

  func hasName(_ name: String) -> Bool { map?["name"]?.scalarText == name }
}
