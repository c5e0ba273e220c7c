import Pipeline
import Yams

/// Writes values as YAML, so that they are read as what they are.
enum YAMLText {
  /// A value in lines: what stands after the key or the dash, and the lines below.
  struct Block {
    /// Empty when all stands in the lines below.
    var head: String
    /// Whole lines with their indent, without line ends.
    var body: [String] = []
  }

  private static let step = 2

  /// A value in one line, as it may stand between braces.
  static func flow(_ value: SettingValue) -> String {
    switch value {
    case .null, .bool, .int, .double: value.scalarText ?? "null"
    case .text(let text): plain(text, inFlow: true) ?? quoted(text)
    case .list(let list): "[" + list.map(flow).joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.entries.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  static func key(_ key: String) -> String { plain(key, inFlow: true) ?? quoted(key) }

  /// A value below a key or a dash.
  ///
  /// - Parameters:
  ///   - indent: of the lines below.
  ///   - mayHang: a text of several lines can be written as a block; not where a comment that follows would
  ///     become part of it.
  static func block(_ value: SettingValue, indent: Int, mayHang: Bool = true) -> Block {
    switch value {
    case .text(let text):
      if mayHang, let block = literal(text, indent: indent) { return block }
      return Block(head: plain(text, inFlow: false) ?? quoted(text))
    case .map(let map) where !map.isEmpty:
      return Block(
        head: "", body: map.entries.flatMap { entry($0.key, $0.value, indent: indent, mayHang: mayHang) })
    case .list(let list) where list.contains { $0.map.map { !$0.isEmpty } ?? false }:
      return Block(head: "", body: list.flatMap { item($0, indent: indent, mayHang: mayHang) })
    case .null, .bool, .int, .double, .list, .map: return Block(head: flow(value))
    }
  }

  /// The lines of a key with its value.
  static func entry(_ key: String, _ value: SettingValue, indent: Int, mayHang: Bool = true) -> [String] {
    let block = block(value, indent: indent + step, mayHang: mayHang)
    let head = block.head.isEmpty ? "" : " " + block.head
    return [spaces(indent) + "\(self.key(key)):\(head)"] + block.body
  }

  /// The lines of an element of a list.
  static func item(_ value: SettingValue, indent: Int, mayHang: Bool = true) -> [String] {
    let block = itemBlock(value, indent: indent, mayHang: mayHang)
    return [spaces(indent) + "- " + block.head] + block.body
  }

  /// An element of a list, its first line being the head.
  static func itemBlock(_ value: SettingValue, indent: Int, mayHang: Bool) -> Block {
    guard case .map(let map) = value, !map.isEmpty else {
      return value.list == nil
        ? block(value, indent: indent + step, mayHang: mayHang) : Block(head: flow(value))
    }
    let lines = map.entries.flatMap { entry($0.key, $0.value, indent: indent + step, mayHang: mayHang) }
    return Block(head: String(lines[0].dropFirst(indent + step)), body: Array(lines.dropFirst()))
  }

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

extension YAMLText {
  /// The text without quotes; nil when it would not be read as itself.
  private static func plain(_ text: String, inFlow: Bool) -> String? {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return nil }
    let startsPlain = isWord(first) || "/.".unicodeScalars.contains(first) || (first == "$" && !inFlow)
    guard startsPlain, last != " ", last != ":", !isOtherwiseRead(text) else { return nil }
    var before: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      let isBraced = scalar == "{" || scalar == "}" || scalar == ","
      guard isWord(scalar) || " /.+-=@~$*?:;()%|".unicodeScalars.contains(scalar) || (isBraced && !inFlow)
      else { return nil }
      if before == ":", scalar == " " || inFlow && !isWord(scalar) && scalar != "/" { return nil }
      before = scalar
    }
    return text
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || (scalar.properties.numericType == .decimal)
  }

  /// Read as something else than text, by this program or by another that knows YAML 1.1.
  private static func isOtherwiseRead(_ text: String) -> Bool {
    guard case .text? = plainValue(text) else { return true }
    return ["y", "n", "yes", "no", "on", "off", ".", "..", "..."].contains(text.lowercased())
      || text.wholeMatch(of: /[-+]?[0-9.][0-9_,.:]*([eE][-+]?[0-9]+)?/) != nil && !isAddress(text)
      || text.wholeMatch(of: /[-+]?0[xob][0-9a-fA-F_]+/) != nil
      || text.wholeMatch(of: /[-+]?\.(inf|Inf|INF|nan|NaN|NAN)/) != nil
      || text.wholeMatch(of: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*/) != nil
  }

  /// Four numbers are no number.
  private static func isAddress(_ text: String) -> Bool {
    text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(:[0-9]+)?/) != nil
  }

  private static func plainValue(_ text: String) -> SettingValue? {
    SettingValue(Node(text, .implicit, .plain))
  }

  /// In double quotes, with escapes for everything that is not plainly visible.
  static func quoted(_ text: String) -> String {
    text.jsonQuoted.unicodeScalars.reduce(into: "") { result, scalar in
      let isHidden =
        (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
        || scalar.value & 0xFFFE == 0xFFFE
      guard isHidden else { return result.unicodeScalars.append(scalar) }
      let hex = String(scalar.value, radix: 16)
      result += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
    }
  }

  /// A text of several lines as a block; nil when it would not come back as it is.
  private static func literal(_ text: String, indent: Int) -> Block? {
    guard text.contains("\n"), let first = text.unicodeScalars.first, !" \t\n".unicodeScalars.contains(first),
      !text.hasSuffix("\n\n"), text != "\n", !text.unicodeScalars.contains(where: isUnprintable)
    else { return nil }
    let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    // A last line of nothing but spaces would be cut off.
    guard let last = lines.last, !last.allSatisfy({ $0 == " " }) else { return nil }
    return Block(
      head: text.hasSuffix("\n") ? "|" : "|-",
      body: lines.map { $0.isEmpty ? "" : spaces(indent) + $0 })
  }

  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
      || [0x2028, 0x2029, 0xFEFF].contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
  }
}
