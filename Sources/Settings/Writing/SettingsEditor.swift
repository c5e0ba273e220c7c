/// Changes a configuration text and leaves every byte alone that a change does not concern.
///
/// Comments, blank lines, order and the way values are written stay. After each change the new text is parsed
/// again: unless it says exactly what the old one said, with the change, the change is refused.
package struct SettingsEditor: Sendable {
  private(set) var document: SettingsDocument

  /// The text with all changes so far.
  package var text: String { document.text }

  /// Throws `invalid` for a text that is no YAML.
  package init(text: String) throws(SettingsEditError) {
    document = try SettingsDocument(text)
  }

  /// The value at a path, secrets and all; merge keys are taken in. For what leaves the process: `shown(at:)`.
  func value(at path: SettingPath) -> SettingValue? { document.value[path: path] }

  /// Makes one change. After an error the text is as before.
  ///
  /// Where a secret stands, `{"secret": …}` as `shown(at:)` has it keeps what is written, and so does leaving its key
  /// out of a value; a text sets it, null removes it.
  package mutating func apply(_ edit: SettingsEdit) throws(SettingsEditError) {
    var copy = self
    switch edit {
    case .set(let path, let value):
      let place = try copy.resolved(path)
      try copy.put(value, at: place) { (editor: inout Self, value) throws(SettingsEditError) in
        try editor.perform(.set(value), at: place)
      }
    case .replace(let path, let value):
      let place = try copy.resolved(path)
      try copy.put(value, at: place) { (editor: inout Self, value) throws(SettingsEditError) in
        try editor.replace(place, value)
      }
    case .remove(let path): try copy.perform(.remove, at: path)
    case .insert(let path, let value, let index):
      let value = try SettingSecrets.restored(value, from: nil, at: path.index(0)) ?? .null
      try copy.checkName(value, in: path, besides: nil)
      try copy.perform(.insert(value, at: index), at: path)
    case .order(let path, let order): try copy.perform(.order(order), at: path)
    case .prioritise(let path, let names): try copy.prioritise(path, names)
    case .copy(let path, let name): try copy.duplicate(try copy.resolved(path), as: name)
    }
    self = copy
  }

  private mutating func put(
    _ value: SettingValue, at path: SettingPath,
    _ write: (inout SettingsEditor, SettingValue) throws(SettingsEditError) -> Void
  ) throws(SettingsEditError) {
    guard let value = try SettingSecrets.restored(value, from: self.value(at: path), at: path) else {
      return try perform(.remove, at: path)
    }
    if case .index(let index)? = path.steps.last {
      try checkName(value, in: path.parent, besides: index)
    }
    try write(&self, value)
  }

  /// Elements are found by their names: each has its own.
  private func checkName(_ value: SettingValue, in list: SettingPath, besides index: Int?)
    throws(SettingsEditError)
  {
    guard let name = value.map?["name"]?.scalarText else { return }
    let others = (self.value(at: list)?.list ?? []).enumerated().filter { $0.offset != index }
    if others.contains(where: { $0.element.hasName(name) }) {
      throw .taken(path: list.description, name: name)
    }
  }

  private mutating func prioritise(_ path: SettingPath, _ names: [String]) throws(SettingsEditError) {
    let list = value(at: path)?.list ?? []
    var order: [Int] = []
    for name in names {
      guard let index = list.firstIndex(where: { $0.hasName(name) }) else {
        throw .missing(path: path.named(name).description)
      }
      order.append(index)
    }
    guard order.sorted() == Array(list.indices) else {
      throw .refused(path: path.description, reason: "the order has to name each element once")
    }
    try perform(.order(order), at: path)
    for index in order.indices {
      let priority = path.index(index).key("priority")
      if value(at: priority) != .int(index + 1) { try perform(.set(.int(index + 1)), at: priority) }
    }
  }

  private mutating func duplicate(_ path: SettingPath, as name: String) throws(SettingsEditError) {
    guard case .index(let index)? = path.steps.last, var map = value(at: path)?.map else {
      throw .missing(path: path.description)
    }
    map["name"] = .text(name)
    try checkName(.map(map), in: path.parent, besides: nil)
    try perform(.insert(.map(map), at: index + 1), at: path.parent)
  }

  /// The path with the names of elements replaced by their indexes: it stays right when a name changes.
  private func resolved(_ path: SettingPath) throws(SettingsEditError) -> SettingPath {
    var steps: [SettingPath.Step] = []
    for step in path.steps {
      if case .named(let name) = step {
        let list = value(at: SettingPath(steps))?.list
        guard let index = list?.firstIndex(where: { $0.hasName(name) }) else {
          throw .missing(path: path.description)
        }
        steps.append(.index(index))
      } else {
        steps.append(step)
      }
    }
    return SettingPath(steps)
  }

  // MARK: Replacing

  private mutating func replace(_ path: SettingPath, _ new: SettingValue) throws(SettingsEditError) {
    let old = value(at: path)
    if old == new { return }
    switch (old, new) {
    case (.map(let old)?, .map(let new)) where !old.isEmpty && !new.isEmpty:
      for (key, value) in new.entries { try replace(path.key(key), value) }
      for key in old.keys where new[key] == nil { try perform(.remove, at: path.key(key)) }
    case (.list(let old)?, .list(let new)) where (old + new).allSatisfy { $0.map != nil } && !old.isEmpty:
      try replace(path, old, new)
    default: try perform(.set(new), at: path)
    }
  }

  /// Elements that stay keep their lines: they move, others are inserted, removed or changed.
  private mutating func replace(
    _ path: SettingPath, _ old: [SettingValue], _ new: [SettingValue]
  ) throws(SettingsEditError) {
    let order = new.compactMap { element in old.firstIndex { $0 == element } }
    if new.count == old.count, Set(order).count == old.count { return try perform(.order(order), at: path) }
    let start = zip(old, new).prefix { $0 == $1 }.count
    let rest = min(old.count, new.count) - start
    let end = zip(old.reversed(), new.reversed()).prefix(rest).prefix { $0 == $1 }.count
    let changed = start..<old.count - end
    let wanted = new[start..<new.count - end]
    for (index, value) in zip(changed, wanted) { try replace(path.index(index), value) }
    for index in wanted.indices.dropFirst(changed.count) {
      try perform(.insert(wanted[index], at: index), at: path)
    }
    for index in changed.dropFirst(wanted.count).reversed() { try perform(.remove, at: path.index(index)) }
  }

  // MARK: One change

  private mutating func perform(_ change: SettingChange, at path: SettingPath) throws(SettingsEditError) {
    var site = SettingSite(root: document)
    for (index, step) in path.steps.enumerated() {
      let rest = path.steps[(index + 1)...]
      if case .alias = site.node.shape {
        return try writeOut(site, change, [step] + rest, path)
      }
      if let next = site.next(step) {
        site = next
      } else {
        return try make(change, step, rest, in: site, path)
      }
    }
    try finish(change, site, path)
  }

  /// Writes the value of an alias in full, with the change.
  private mutating func writeOut(
    _ site: SettingSite, _ change: SettingChange, _ steps: ArraySlice<SettingPath.Step>, _ path: SettingPath
  ) throws(SettingsEditError) {
    let value = site.node.value.merged
    guard let changed = value.applying(change, at: steps) else { throw .missing(path: path.description) }
    if changed != value { try commit(.set(changed), at: site.path, setting(changed, at: site)) }
  }

  /// Changes something that is not written in the text: it is made, or comes from a merge key.
  private mutating func make(
    _ change: SettingChange, _ step: SettingPath.Step, _ rest: ArraySlice<SettingPath.Step>,
    in site: SettingSite, _ path: SettingPath
  ) throws(SettingsEditError) {
    guard case .key(let key) = step else { throw .missing(path: path.description) }
    let inherited = site.node.value.merged.map?[key]
    if rest.isEmpty, case .remove = change {
      guard inherited == nil else {
        throw .refused(path: path.description, reason: "it comes from a merge key (<<); change it there")
      }
      return
    }
    if case .remove = change, inherited == nil { return }
    guard let value = (inherited ?? .null).applying(change, at: rest) else {
      throw .missing(path: path.description)
    }
    if value == inherited { return }
    switch site.node.shape {
    case .map(let entries, _) where !entries.isEmpty || site.steps.isEmpty:
      try commit(.set(value), at: site.path.key(key), inserting(key, value, into: site))
    case .scalar where site.node.value == .null, .map:
      let map = SettingValue.map([key: value])
      try commit(.set(map), at: site.path, setting(map, at: site))
    case .scalar, .blockScalar, .alias, .list:
      throw .refused(path: site.path.description, reason: "this is no mapping")
    }
  }

  private mutating func finish(
    _ change: SettingChange, _ site: SettingSite, _ path: SettingPath
  ) throws(SettingsEditError) {
    if case .remove = change {
      let splices = try removing(site)
      do throws(SettingsEditError) {
        try commit(.remove, at: site.path, splices)
      } catch {
        try commit(.remove, at: site.path, withBlankLines(splices))
      }
      return
    }
    let old = site.node.value
    guard let new = old.merged.applying(change, at: []) else { throw .missing(path: path.description) }
    if new == old { return }
    switch (change, site.node.shape) {
    case (.insert(let value, let index), .list(let items, _)) where !items.isEmpty:
      try commit(change, at: site.path, try inserting(value, at: index ?? items.count, into: site))
    case (.order(let order), .list):
      try commit(change, at: site.path, try ordering(order, site))
    case (.set, _), (.insert, _), (.order, _), (.remove, _):
      try commit(.set(new), at: site.path, setting(new, at: site))
    }
  }

  /// Takes over the text with its splices if it says what it is to say.
  private mutating func commit(
    _ change: SettingChange, at path: SettingPath, _ splices: [Splice]
  ) throws(SettingsEditError) {
    let intended = document.value.applying(change, at: path.steps[...])
    // At the end of a block of text a line end may be part of it.
    for mayStayOpen in document.lines.endsWithNewline ? [true] : [true, false] {
      let text = document.splicing(splices, mayStayOpen: mayStayOpen)
      // What cannot be read is wrong by the change: the text before could be.
      if let changed = try? SettingsDocument(text), changed.value == intended {
        document = changed
        return
      }
    }
    let hasAnchors = document.text.contains("&") && document.text.contains("*")
    throw .refused(
      path: path.description,
      reason: hasAnchors
        ? "an anchor (&) of the file would not mean the same any more; edit the file by hand"
        : "the way the file is written does not allow this change; edit the file by hand")
  }
}
