extension SettingsEditor {
  private var lines: SourceLines { document.lines }

  /// The lines of an element with the comments that belong to it.
  func chunk(_ span: Range<Int>, _ list: SettingSite) throws(SettingsEditError) -> Range<Int> {
    guard lines.isFirst(span.lowerBound) else {
      throw .refused(
        path: list.path.description, reason: "a list within the line of another cannot be edited here")
    }
    let column = lines.column(span.lowerBound)
    return lines.commentsStart(span.lowerBound)..<lines.ownedEnd(span.upperBound, column: column)
  }

  private func spans(_ items: [LocatedNode.Item]) -> [Range<Int>] {
    items.map { $0.start..<max($0.lead, $0.node.range.upperBound) }
  }

  /// The splices that add an element to a list that has one already.
  func inserting(
    _ value: SettingValue, at index: Int, into site: SettingSite
  ) throws(SettingsEditError) -> [Splice] {
    guard case .list(let items, let isFlow) = site.node.shape else { return [] }
    if isFlow {
      let text = YAMLText.flow(value)
      guard index < items.count else {
        return [Splice(at: items[index - 1].node.range.upperBound, ", " + text)]
      }
      return [Splice(at: items[index].start, text + ", ")]
    }
    var chunks: [Range<Int>] = []
    for span in spans(items) { chunks.append(try chunk(span, site)) }
    var body = YAMLText.item(value, indent: lines.column(items[0].start))
    // Elements stand apart where the others do.
    let isApart = chunks.dropLast().contains { lines.isBlank($0.upperBound) }
    let isLast = index == items.count
    if isApart, !(isLast && keepsBlankLines(site.node)) { body.insert("", at: isLast ? 0 : body.count) }
    return [insertion(of: body, at: isLast ? chunks[index - 1].upperBound : chunks[index].lowerBound)]
  }

  /// The splices that put the elements of a list in another order; what lies between them stays.
  func ordering(_ order: [Int], _ site: SettingSite) throws(SettingsEditError) -> [Splice] {
    guard case .list(let items, let isFlow) = site.node.shape else { return [] }
    var places: [Range<Int>] = []
    for (item, span) in zip(items, spans(items)) {
      places.append(isFlow ? item.node.range : try chunk(span, site))
    }
    return zip(places, order).compactMap { place, index in
      if place == places[index] { return nil }
      var text = String(decoding: lines.bytes[places[index]], as: UTF8.self)
      if !isFlow, !text.utf8.last.isNewline { text += lines.newline }
      return Splice(place, text)
    }
  }
}

extension UInt8? {
  fileprivate var isNewline: Bool { self == UInt8(ascii: "\n") }
}
