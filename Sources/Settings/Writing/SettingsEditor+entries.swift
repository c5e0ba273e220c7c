extension SettingsEditor {
  private var lines: SourceLines { document.lines }

  /// The splices that add a key to a map that has one already, or to the root.
  func inserting(_ key: String, _ value: SettingValue, into site: SettingSite) -> [Splice] {
    guard case .map(let entries, let isFlow) = site.node.shape, let first = entries.first,
      let last = entries.last
    else {
      return [insertion(of: YAMLText.entry(key, value, indent: 0), at: lines.bytes.count)]
    }
    if isFlow {
      // Before a comma a colon is none.
      let isBare = last.colonEnd != nil && last.node.range.isEmpty
      return [
        Splice(at: last.end, (isBare ? " null" : "") + ", \(YAMLText.key(key)): \(YAMLText.flow(value))")
      ]
    }
    let column = lines.column(first.start)
    var body = YAMLText.entry(key, value, indent: column)
    // Sections stand apart where the others do.
    let isApart = entries.dropFirst().contains { entry in
      lines.previous(lines.commentsStart(entry.start)).map(lines.isBlank) ?? false
    }
    // Behind a text that keeps its end a blank line would be part of it.
    if site.steps.isEmpty, isApart, !keepsBlankLines(last.node) { body.insert("", at: 0) }
    return [insertion(of: body, at: lines.ownedEnd(last.end, column: column))]
  }

  /// Blank lines below the node would be part of its last text (`|+`).
  func keepsBlankLines(_ node: LocatedNode) -> Bool {
    node.lastText.map { lines.bytes[$0.range.lowerBound..<$0.headEnd].contains(UInt8(ascii: "+")) } ?? false
  }

  /// Removed lines with the blank ones below, which would become part of the text above (`|+`).
  func withBlankLines(_ splices: [Splice]) -> [Splice] {
    splices.map { splice in
      guard splice.text.isEmpty, lines.isFirst(splice.range.lowerBound) else { return splice }
      var end = splice.range.upperBound
      while end < lines.bytes.count, lines.isBlank(end) { end = lines.next(end) }
      return Splice(splice.range.lowerBound..<end)
    }
  }

  /// The splices that remove an entry or an element.
  func removing(_ site: SettingSite) throws(SettingsEditError) -> [Splice] {
    guard let outer = site.outer.last else { return [Splice(0..<lines.bytes.count)] }
    switch (site.holder, outer.node.shape) {
    case (.entry, .map(let entries, let isFlow)):
      let spans = entries.map { $0.start..<$0.end }
      if isFlow { return [removing(site.index, of: spans)] }
      if entries.count == 1 { return emptying(outer, .map([:]), spans[0]) }
      return removing(site.index, of: entries)
    case (.item, .list(let items, let isFlow)):
      let spans = items.map { $0.start..<max($0.lead, $0.node.range.upperBound) }
      if isFlow { return [removing(site.index, of: spans)] }
      if items.count == 1 { return emptying(outer, .list([]), spans[0]) }
      return [Splice(try chunk(spans[site.index], outer))]
    case (.root, _), (.entry, _), (.item, _): return []
    }
  }

  /// The last of its kind goes: brackets without content stay. Of the root nothing does.
  private func emptying(_ site: SettingSite, _ value: SettingValue, _ span: Range<Int>) -> [Splice] {
    guard site.steps.isEmpty else { return setting(value, at: site) }
    return [
      Splice(
        lines.commentsStart(
          span.lowerBound)..<lines.ownedEnd(span.upperBound, column: lines.column(span.lowerBound)))
    ]
  }

  /// One of several between brackets, with one comma.
  private func removing(_ index: Int, of spans: [Range<Int>]) -> Splice {
    if index + 1 < spans.count { return Splice(spans[index].lowerBound..<spans[index + 1].lowerBound) }
    guard index > 0 else { return Splice(spans[index]) }
    let end = spans[index - 1].upperBound
    return Splice(end..<spans[index].upperBound, lines.bytes[end - 1] == UInt8(ascii: ":") ? " " : "")
  }

  /// One of several in lines.
  private func removing(_ index: Int, of entries: [LocatedNode.Entry]) -> [Splice] {
    let (entry, start) = (entries[index], entries[index].start)
    let end = lines.ownedEnd(entry.end, column: lines.column(start))
    guard lines.isFirst(start) else {
      // It stands behind a dash: the next one takes its place, or the line below it if comments are between.
      let next = entries[index + 1].start
      if lines.start(next) == end { return [Splice(start..<next)] }
      return [Splice(lines.blanksStart(start)..<lines.end(entry.end))]
    }
    // A comment above may be that of the keys below too, unless those are set apart.
    let isGroup = index + 1 < entries.count && lines.start(entries[index + 1].start) == end
    return [Splice((isGroup ? lines.start(start) : lines.commentsStart(start))..<end)]
  }
}
