import Yams

/// Finds the bytes of every node of a parsed YAML text by reading along what the parser understood.
///
/// The tree says what comes next, so only the extent of each kind of node has to be known here; where text and tree
/// do not agree it gives up.
struct Locator {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The root of the document; nil when there is nothing but comments.
  mutating func root(_ node: Node?) throws(UnknownNotation) -> LocatedNode? {
    guard let node else { return nil }
    skipSeparation()
    while peek() == UInt8(ascii: "%") {
      skipLine()
      skipSeparation()
    }
    if bytes[position...].starts(with: "---".utf8) { position += 3 }
    return try locate(node, indent: -1)
  }

  /// - Parameter indent: the column of the lines around this node, which a block scalar is deeper than.
  mutating func locate(_ node: Node, indent: Int) throws(UnknownNotation) -> LocatedNode {
    let before = position
    if case .scalar(let scalar) = node, scalar.isNothing, !hasProperties() {
      return located(.scalar, before..<before, node)
    }
    skipSeparation()
    let start = position
    if peek() == UInt8(ascii: "*") {
      skipWord()
      return located(.alias, start..<position, node)
    }
    skipProperties()
    let propertiesEnd = position
    if case .scalar(let scalar) = node, scalar.isNothing {
      return located(.scalar, start..<propertiesEnd, node)
    }
    skipSeparation()
    switch node {
    case .scalar(let scalar): return try locate(scalar, from: start, indent, node)
    case .sequence(let sequence):
      guard peek() == UInt8(ascii: "[") else {
        return try blockList(Array(sequence), from: start, propertiesEnd, node)
      }
      return try flowList(Array(sequence), from: start, node)
    case .mapping(let mapping):
      guard peek() == UInt8(ascii: "{") else {
        // An anchor in the same line as the first key is that of the key.
        if !bytes[start..<position].contains(UInt8(ascii: "\n")) { position = start }
        return try blockMap(Array(mapping), from: start, min(propertiesEnd, position), node)
      }
      return try flowMap(Array(mapping), from: start, node)
    case .alias: throw UnknownNotation(offset: start)
    }
  }

  func located(
    _ shape: LocatedNode.Shape, _ range: Range<Int>, headEnd: Int? = nil, _ node: Node
  ) -> LocatedNode {
    LocatedNode(
      shape: shape, range: range, headEnd: headEnd ?? range.upperBound, value: SettingValue(node))
  }

  // MARK: Collections

  private mutating func blockList(
    _ nodes: [Node], from start: Int, _ propertiesEnd: Int, _ node: Node
  ) throws(UnknownNotation) -> LocatedNode {
    var items: [LocatedNode.Item] = []
    for node in nodes {
      skipSeparation()
      let dash = position
      try expect(UInt8(ascii: "-"))
      let lead = position
      items.append(
        LocatedNode.Item(start: dash, lead: lead, node: try locate(node, indent: column(of: dash))))
    }
    return located(.list(items, isFlow: false), start..<position, headEnd: propertiesEnd, node)
  }

  private mutating func blockMap(
    _ pairs: [(key: Node, value: Node)], from start: Int, _ propertiesEnd: Int, _ node: Node
  ) throws(UnknownNotation) -> LocatedNode {
    var entries: [LocatedNode.Entry] = []
    for (key, value) in pairs {
      skipSeparation()
      let start = position
      if peek() == UInt8(ascii: "?"), isWhite(at: position + 1) { throw UnknownNotation(offset: start) }
      let located = try locate(key, indent: column(of: start))
      skipBlanks()
      try expect(UInt8(ascii: ":"))
      let colonEnd = position
      let node = try locate(value, indent: column(of: start))
      entries.append(
        LocatedNode.Entry(
          key: SettingPath.key(of: key), start: start, keyEnd: located.range.upperBound, colonEnd: colonEnd,
          node: node))
    }
    return located(.map(entries, isFlow: false), start..<position, headEnd: propertiesEnd, node)
  }

  private mutating func flowList(_ nodes: [Node], from start: Int, _ node: Node) throws(UnknownNotation)
    -> LocatedNode
  {
    try expect(UInt8(ascii: "["))
    var items: [LocatedNode.Item] = []
    for node in nodes {
      skipSeparation(andCommas: true)
      let start = position
      let item = try locate(node, indent: 0)
      // One key between brackets, without braces of its own.
      if item.isBlock { throw UnknownNotation(offset: start) }
      items.append(LocatedNode.Item(start: start, lead: start, node: item))
    }
    skipSeparation(andCommas: true)
    try expect(UInt8(ascii: "]"))
    return located(.list(items, isFlow: true), start..<position, node)
  }

  private mutating func flowMap(_ pairs: [(key: Node, value: Node)], from start: Int, _ node: Node)
    throws(UnknownNotation) -> LocatedNode
  {
    try expect(UInt8(ascii: "{"))
    var entries: [LocatedNode.Entry] = []
    for (key, value) in pairs {
      skipSeparation(andCommas: true)
      let start = position
      if peek() == UInt8(ascii: "?"), isWhite(at: position + 1) { throw UnknownNotation(offset: start) }
      let keyEnd = try locate(key, indent: 0).range.upperBound
      skipSeparation()
      var colonEnd: Int?
      if peek() == UInt8(ascii: ":") {
        position += 1
        colonEnd = position
      } else {
        position = keyEnd
      }
      let node = try locate(value, indent: 0)
      entries.append(
        LocatedNode.Entry(
          key: SettingPath.key(of: key), start: start, keyEnd: keyEnd, colonEnd: colonEnd, node: node))
    }
    skipSeparation(andCommas: true)
    try expect(UInt8(ascii: "}"))
    return located(.map(entries, isFlow: true), start..<position, node)
  }
}

extension Locator {
  func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  func isWhite(at index: Int) -> Bool {
    guard index < bytes.count else { return true }
    return [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index])
  }

  /// In bytes; before a key or a dash nothing but ASCII can stand.
  func column(of index: Int) -> Int {
    index - ((bytes[..<index].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
  }

  mutating func expect(_ byte: UInt8) throws(UnknownNotation) {
    guard peek() == byte else { throw UnknownNotation(offset: position) }
    position += 1
  }

  mutating func move(to index: Int) { position = min(index, bytes.count) }

  mutating func skipBlanks() {
    while peek() == 0x20 || peek() == 0x09 { position += 1 }
  }

  mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
  }

  /// White space, line ends and comments.
  mutating func skipSeparation(andCommas: Bool = false) {
    while let byte = peek() {
      if byte == UInt8(ascii: "#") {
        skipLine()
      } else if isWhite(at: position) || (andCommas && byte == UInt8(ascii: ",")) {
        position += 1
      } else {
        return
      }
    }
  }

  /// Anchors and tags.
  private mutating func skipProperties() {
    while peek() == UInt8(ascii: "&") || peek() == UInt8(ascii: "!") {
      skipWord()
      let end = position
      skipSeparation()
      if peek() != UInt8(ascii: "&"), peek() != UInt8(ascii: "!") { position = end }
    }
  }

  /// Whether the next thing in this line is an anchor, a tag or an alias.
  private func hasProperties() -> Bool {
    let next = bytes[position...].first { $0 != 0x20 && $0 != 0x09 }
    return next.map { "&!*".utf8.contains($0) } ?? false
  }

  private mutating func skipWord() {
    while let byte = peek(), !isWhite(at: position), !",]}[{".utf8.contains(byte) { position += 1 }
  }
}

extension Node.Scalar {
  /// Nothing is written, or nothing but an anchor.
  fileprivate var isNothing: Bool { style == .plain && string.isEmpty }
}
