import ProxyTesting
import Settings

/// A configuration text in a random style, and what it says. Every key, comment and text is unique.
struct RandomConfiguration {
  private(set) var text = ""
  private(set) var value = SettingValue.null
  private var random: SeededRandom
  private var count = 0
  private var step = 2
  private var indentsLists = true
  /// What was written last is a block of text, to which a line end or blank lines may belong.
  private var endsInBlock = false

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    step = chance(3) ? 4 : 2
    indentsLists = chance(2)
    if chance(3) { text += "# \(unique("c"))\n\n" }
    value = blockMap(depth: 0, indent: 0, isBehindDash: false)
    if chance(4) { text = text.replacing("\n", with: "\r\n") }
    if chance(4), !endsInBlock { text = String(text.dropLast()) }
  }

  private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

  private mutating func unique(_ letter: String) -> String {
    count += 1
    return "\(letter)\(count)x"
  }

  // MARK: Lines

  private mutating func above(_ indent: Int) {
    if chance(5), !endsInBlock { text += "\n" }
    endsInBlock = false
    if chance(4) { text += spaces(indent) + "# \(unique("c"))\n" }
    if chance(12) { text += spaces(indent) + "#\(unique("c")): 1\n" }
  }

  private mutating func endLine() {
    endsInBlock = false
    if chance(4) { text += chance(3) ? "\t# \(unique("c"))" : "  # \(unique("c"))" }
    text += "\n"
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private mutating func blockMap(depth: Int, indent: Int, isBehindDash: Bool) -> SettingValue {
    var map = SettingMap()
    for index in 0..<Int.random(in: 1...4, using: &random) {
      if index > 0 || !isBehindDash {
        above(indent)
        text += spaces(indent)
      }
      let key = unique("k")
      text += chance(8) ? "'\(key)':" : "\(key):"
      map[key] = blockValue(depth: depth + 1, indent: indent)
    }
    return .map(map)
  }

  /// What stands behind a colon, the rest of its line and the lines below.
  private mutating func blockValue(depth: Int, indent: Int) -> SettingValue {
    switch Int.random(in: 0..<(depth < 4 ? 10 : 6), using: &random) {
    case 0:
      endLine()
      return .null
    case 1: return blockScalar(indent: indent + step)
    case 2:
      text += " "
      let value = flow(depth: depth)
      endLine()
      return value
    case 3, 4, 5:
      text += chance(5) ? "   " : " "
      let value = scalar(inFlow: false, indent: indent + step)
      endLine()
      return value
    case 6, 7:
      endLine()
      return blockMap(depth: depth, indent: indent + step, isBehindDash: false)
    default:
      endLine()
      return blockList(depth: depth, indent: indentsLists ? indent + step : indent)
    }
  }

  private mutating func blockList(depth: Int, indent: Int) -> SettingValue {
    var list: [SettingValue] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      above(indent)
      text += spaces(indent) + "- "
      if chance(3) {
        list.append(chance(2) ? scalar(inFlow: false, indent: indent + 2) : flow(depth: depth))
        endLine()
      } else {
        list.append(blockMap(depth: depth, indent: indent + 2, isBehindDash: true))
      }
    }
    return .list(list)
  }

  private mutating func blockScalar(indent: Int) -> SettingValue {
    let lines = (0..<Int.random(in: 1...3, using: &random)).map { _ in unique("v") + " # no comment: x" }
    let isFolded = chance(3)
    let keep = ["", "-", "+"].randomElement(using: &random) ?? ""
    text += isFolded ? " >\(keep)" : " |\(keep)"
    endLine()
    for line in lines { text += spaces(indent) + line + "\n" }
    endsInBlock = true
    return .text(lines.joined(separator: isFolded ? " " : "\n") + (keep == "-" ? "" : "\n"))
  }

  // MARK: Within a line

  private mutating func scalar(inFlow: Bool, indent: Int) -> SettingValue {
    let word = unique("v")
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      text += "\(count)"
      return .int(count)
    case 1:
      text += "yes"
      return .text("yes")
    case 2:
      text += "'\(word)''s: # é'"
      return .text("\(word)'s: # é")
    case 3:
      text += "\"\(word)\\n日\\\"本\\\\\""
      return .text("\(word)\n日\"本\\")
    case 4:
      text += inFlow ? "~" : "null"
      return .null
    case 5 where !inFlow:
      text += "\(word)\n\(spaces(indent))more of it"
      return .text("\(word) more of it")
    case 6 where !inFlow:
      text += "\"\(word)\n\n\(spaces(indent))more\""
      return .text("\(word)\nmore")
    default:
      text += "\(word)-é日"
      return .text("\(word)-é日")
    }
  }

  private mutating func flow(depth: Int) -> SettingValue {
    let pad = chance(3) ? " " : ""
    let elements = Int.random(in: 0...3, using: &random)
    let isMap = chance(2)
    var (map, list) = (SettingMap(), [SettingValue]())
    text += isMap ? "{\(pad)" : "[\(pad)"
    for index in 0..<elements {
      if index > 0 { text += chance(6) ? ",\n\(spaces(24))" : ", " }
      let key = unique("k")
      if isMap { text += "\(key): " }
      let value = depth < 4 && chance(4) ? flow(depth: depth + 1) : scalar(inFlow: true, indent: 0)
      if isMap { map[key] = value } else { list.append(value) }
    }
    text += isMap ? "\(pad)}" : "\(pad)]"
    return isMap ? .map(map) : .list(list)
  }
}
