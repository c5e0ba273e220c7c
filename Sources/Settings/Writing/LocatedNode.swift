/// A node of a YAML text with the bytes it takes: what the parser's own marks do not tell.
struct LocatedNode: Sendable {
  enum Shape: Sendable {
    case scalar
    /// `|` or `>`: its lines follow the one its head stands in.
    case blockScalar
    /// Stands for an anchored node elsewhere.
    case alias
    case list([Item], isFlow: Bool)
    case map([Entry], isFlow: Bool)
  }

  /// An element of a list.
  struct Item: Sendable {
    /// Of the dash, or of the element within brackets.
    var start: Int
    /// After the dash; within brackets the same as `start`.
    var lead: Int
    var node: LocatedNode
  }

  /// A key with its value.
  struct Entry: Sendable {
    var key: String
    var start: Int
    var keyEnd: Int
    /// After the colon; nil for a key without one, within braces.
    var colonEnd: Int?
    var node: LocatedNode

    /// After the colon, or the key if there is none.
    var lead: Int { colonEnd ?? keyEnd }
    var end: Int { max(lead, node.range.upperBound) }
  }

  var shape: Shape
  /// From its anchor or tag on; empty, after what leads to it, when nothing is written.
  var range: Range<Int>
  /// Where its line of keys, dashes or block text may be cut off: the end of the anchor, the tag, the head of a
  /// block scalar. The end of `range` for what has no such line.
  var headEnd: Int
  var value: SettingValue

  var isFlow: Bool {
    switch shape {
    case .list(_, let isFlow), .map(_, let isFlow): isFlow
    case .scalar, .blockScalar, .alias: false
    }
  }

  /// The block of text its last line is of; nil when it is of something else.
  var lastText: LocatedNode? {
    switch shape {
    case .blockScalar: self
    case .list(let items, false): items.last?.node.lastText
    case .map(let entries, false): entries.last?.node.lastText
    case .scalar, .alias, .list, .map: nil
    }
  }

  /// A list or map of lines.
  var isBlock: Bool {
    switch shape {
    case .list(_, let isFlow), .map(_, let isFlow): !isFlow
    case .scalar, .blockScalar, .alias: false
    }
  }
}

/// A text, or a place in it, that is YAML but nothing this editor knows how to change.
struct UnknownNotation: Error {
  /// In bytes.
  var offset: Int
}
