/// A value in the text and what holds it.
struct SettingSite {
  /// What leads to a value.
  enum Holder {
    case root
    /// An entry of the map of the site before.
    case entry(LocatedNode.Entry)
    /// An element of the list of the site before.
    case item(LocatedNode.Item)
  }

  var node: LocatedNode
  var holder: Holder
  /// From the root on; elements by index.
  var steps: [SettingPath.Step]
  /// Its index among the entries or elements of what holds it.
  var index: Int
  /// It stands between brackets.
  var isInFlow: Bool
  /// What holds it, innermost last.
  var outer: [SettingSite]

  var path: SettingPath { SettingPath(steps) }

  init(root document: SettingsDocument) {
    let end = document.lines.bytes.count
    node =
      document.root
      ?? LocatedNode(shape: .map([], isFlow: false), range: end..<end, headEnd: end, value: .map([:]))
    (holder, steps, index, isInFlow, outer) = (.root, [], 0, false, [])
  }

  private init(_ node: LocatedNode, _ holder: Holder, _ step: SettingPath.Step, _ index: Int, in site: Self) {
    self.node = node
    self.holder = holder
    self.index = index
    steps = site.steps + [step]
    isInFlow = site.isInFlow || site.node.isFlow
    outer = site.outer + [site]
  }

  /// The site one step down; nil when it is not written here.
  func next(_ step: SettingPath.Step) -> SettingSite? {
    switch (step, node.shape) {
    case (.key(let key), .map(let entries, _)):
      guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
      return SettingSite(entries[index].node, .entry(entries[index]), step, index, in: self)
    case (.index(let index), .list(let items, _)):
      guard items.indices.contains(index) else { return nil }
      return SettingSite(items[index].node, .item(items[index]), step, index, in: self)
    case (.named(let name), .list(let items, _)):
      guard let index = items.firstIndex(where: { $0.node.value.merged.hasName(name) }) else { return nil }
      return next(.index(index))
    case (.key, _), (.index, _), (.named, _): return nil
    }
  }
}
