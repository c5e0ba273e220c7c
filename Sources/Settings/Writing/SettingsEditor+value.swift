extension SettingsEditor {
  private var lines: SourceLines { document.lines }

  /// The splices that write a value in the place of another one.
  func setting(_ value: SettingValue, at site: SettingSite) -> [Splice] {
    switch site.holder {
    case .root: return [Splice(0..<lines.bytes.count, render(value, at: site, column: -2).body.joined(lines))]
    case .entry(let entry):
      guard site.isInFlow else {
        return settingInLines(value, at: site, start: entry.start, lead: entry.lead)
      }
      let text = YAMLText.flow(value)
      let isBare = site.node.range.isEmpty
      let lead = isBare ? (entry.colonEnd == nil ? ": " : " ") : ""
      return [Splice(isBare ? entry.lead..<entry.lead : site.node.range, lead + text)]
    case .item(let item):
      guard site.isInFlow else { return settingInLines(value, at: site, start: item.start, lead: item.lead) }
      return [Splice(site.node.range, YAMLText.flow(value))]
    }
  }

  /// - Parameters:
  ///   - start: of the key or the dash.
  ///   - lead: the end of the colon or the dash.
  private func settingInLines(
    _ value: SettingValue, at site: SettingSite, start: Int, lead: Int
  ) -> [Splice] {
    let old = site.node
    let column = lines.column(start)
    let new = render(value, at: site, column: column)
    let head = new.head.isEmpty ? "" : " " + new.head
    var splices: [Splice] = []
    // The lines below that of the key that go.
    var below: Range<Int>
    if old.range.isEmpty || lines.start(old.range.lowerBound) == lines.start(lead) {
      let isCut = old.isBlock && old.headEnd > old.range.lowerBound || hasLines(old)
      let end = isCut ? old.headEnd : max(lead, old.range.upperBound)
      splices.append(Splice(lead..<end, head))
      let next = lines.next(end)
      below = next..<(old.range.upperBound > end ? lines.next(old.range.upperBound) : next)
      if below.isEmpty, value.text == nil {
        // Comments that are meant for the value stay above its lines.
        let owned = lines.ownedEnd(end, column: column)
        below = owned..<owned
      }
    } else {
      splices.append(Splice(at: lead, head))
      below = lines.start(old.range.lowerBound)..<lines.next(old.range.upperBound)
    }
    if !below.isEmpty {
      splices.append(Splice(below, new.body.joined(lines)))
    } else if !new.body.isEmpty {
      splices.append(insertion(of: new.body, at: below.lowerBound))
    }
    return splices
  }

  private func hasLines(_ node: LocatedNode) -> Bool {
    if case .blockScalar = node.shape { true } else { false }
  }

  /// A value as it is written in the place of another one: between brackets if that was.
  private func render(_ value: SettingValue, at site: SettingSite, column: Int) -> YAMLText.Block {
    let old = site.node
    if old.isFlow, !old.value.isEmpty, value.list != nil || value.map != nil {
      return YAMLText.Block(head: YAMLText.flow(value))
    }
    let mayHang = mayHang(at: site, column: column)
    if case .item = site.holder { return YAMLText.itemBlock(value, indent: column, mayHang: mayHang) }
    var indent = column + 2
    if case .list(let items, false) = old.shape, let first = items.first, value.list != nil {
      indent = lines.column(first.start)
    } else if old.value.isEmpty {
      indent = exampleIndent(below: site, column: column) ?? indent
    }
    return YAMLText.block(value, indent: indent, mayHang: mayHang)
  }

  /// Whether a block of text can be written in the place of a value: no comment comes where its lines would go on.
  private func mayHang(at site: SettingSite, column: Int) -> Bool {
    let old = site.node
    guard old.range.lowerBound < lines.next(lead(of: site)) || old.range.isEmpty else { return false }
    var line = lines.next(max(lead(of: site), old.range.upperBound))
    while line < lines.bytes.count, lines.isBlank(line) { line = lines.next(line) }
    return line >= lines.bytes.count || !lines.isComment(line) || lines.indent(line) <= column
  }

  private func lead(of site: SettingSite) -> Int {
    switch site.holder {
    case .root: 0
    case .entry(let entry): entry.lead
    case .item(let item): item.lead
    }
  }

  /// The indent of the comments below a key without a value: often they show what could stand there.
  private func exampleIndent(below site: SettingSite, column: Int) -> Int? {
    let first = lines.next(lead(of: site))
    guard first < lines.ownedEnd(lead(of: site), column: column) else { return nil }
    return lines.isComment(first) ? lines.indent(first) : nil
  }

  /// Whole lines, put in where a line begins or the text ends.
  func insertion(of body: [String], at offset: Int) -> Splice {
    let text = body.joined(lines)
    let isOpen = offset == lines.bytes.count && !lines.endsWithNewline
    return Splice(at: offset, isOpen ? lines.newline + text : text)
  }
}

extension [String] {
  /// As whole lines.
  func joined(_ lines: SourceLines) -> String { map { $0 + lines.newline }.joined() }
}
