import ProxyTesting
import Settings
import Testing

/// Random texts under random changes: each says what it should, and nothing else moved.
@Suite struct RandomEditTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `random changes of random texts mean what they say and leave the rest byte for byte`(_ block: UInt64)
    throws
  {
    for seed in block * 25..<block * 25 + 25 {
      let configuration = RandomConfiguration(seed: seed)
      var random = SeededRandom(seed: seed &+ 1_000_000)
      var editor = try SettingsEditor(text: configuration.text)
      var value = try #require(editor.shown(at: SettingPath()))
      let isRead = value == configuration.value
      try #require(isRead, "seed \(seed)\n\(configuration.text)")
      for _ in 0..<6 {
        let before = editor.text
        let change = RandomChange(of: value, &random)
        value = change.result
        do {
          try editor.apply(change.edit)
        } catch {
          Issue.record("seed \(seed): \(error)\n\(change.edit)\n\(before)")
          break
        }
        let isMeant = editor.shown(at: SettingPath()) == value
        try #require(isMeant, "seed \(seed): \(change.edit)\n\(before)\n->\n\(editor.text)")
        if let complaint = change.complaint(before, editor.text) {
          Issue.record("seed \(seed): \(complaint)\n\(change.edit)\n\(before)\n->\n\(editor.text)")
        }
      }
    }
  }
}

/// A change of a value, made with the value alone.
struct RandomChange {
  private enum Kind { case set, removeKey, addKey, insert, removeElement, order }

  private(set) var edit: SettingsEdit
  private(set) var result: SettingValue
  private var kind: Kind
  /// Brackets take the place of lines, or the other way round.
  private var changesShape = false
  /// The value that is written over is none of several parts.
  private var isOfScalar = false
  /// At most so many lines are its own.
  private var linesOfValue = 0

  init(of value: SettingValue, _ random: inout SeededRandom) {
    (edit, result, kind) = (.remove(SettingPath("none")), value, .removeKey)
    result = change(value, SettingPath(), &random)
  }

  private static func fresh(_ random: inout SeededRandom) -> SettingValue {
    let number = Int.random(in: 1000...9999, using: &random)
    return switch Int.random(in: 0..<7, using: &random) {
    case 0: .int(number)
    case 1: .text("new\(number) # x: y")
    case 2: .text("new\(number)\nline\n")
    case 3: .list([.text("new\(number)"), .null])
    case 4: .map(["n\(number)": .text("yes"), "m\(number)": .map(["o": .list([.map(["p": .bool(true)])])])])
    case 5: .list([.map(["n\(number)": .text(""), "m": .double(0.5)])])
    default: .text("new\(number)")
    }
  }

  /// Goes down a random way and changes what is there.
  private mutating func change(
    _ value: SettingValue, _ path: SettingPath, _ random: inout SeededRandom
  ) -> SettingValue {
    let goesOn = path.steps.isEmpty || Int.random(in: 0..<3, using: &random) > 0
    switch value {
    case .map(var map) where goesOn && !(map.isEmpty && !path.steps.isEmpty):
      let key = map.keys.randomElement(using: &random) ?? ""
      switch map.isEmpty ? 0 : Int.random(in: 0..<5, using: &random) {
      case 0:
        let (key, new) = ("new\(Int.random(in: 1000...9999, using: &random))", Self.fresh(&random))
        (edit, kind) = (.set(path.key(key), new), .addKey)
        map[key] = new
      case 1:
        (edit, kind, changesShape) = (.remove(path.key(key)), .removeKey, map.keys.count == 1)
        map[key] = nil
      default:
        map[key] = change(map[key] ?? .null, path.key(key), &random)
      }
      return .map(map)
    case .list(var list) where goesOn && !list.isEmpty:
      let index = list.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        let new = Self.fresh(&random)
        (edit, kind) = (.insert(path, new, at: index), .insert)
        list.insert(new, at: index)
      case 1:
        (edit, kind, changesShape) = (.remove(path.index(index)), .removeElement, list.count == 1)
        list.remove(at: index)
      case 2:
        let order = list.indices.shuffled(using: &random)
        (edit, kind) = (.order(path, order), .order)
        list = order.map { list[$0] }
      default: list[index] = change(list[index], path.index(index), &random)
      }
      return .list(list)
    default:
      let new = Self.fresh(&random)
      (edit, kind) = (.set(path, new), .set)
      isOfScalar = value.map == nil && value.list == nil
      linesOfValue = 2 + (value.text ?? "").count { $0 == "\n" || $0 == " " }
      return new
    }
  }

  /// What the change did besides; nil when that is nothing.
  func complaint(_ old: String, _ new: String) -> String? {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    let start = zip(old, new).prefix { $0 == $1 }.count
    let rest = min(old.count, new.count) - start
    let end = zip(old.reversed(), new.reversed()).prefix(rest).prefix { $0 == $1 }.count
    let (gone, came) = (old.count - start - end, new.count - start - end)
    switch kind {
    case .addKey, .insert: return gone == 0 ? nil : "more than an insertion: \(gone) bytes went"
    case .removeKey, .removeElement:
      return came == 0 || changesShape ? nil : "more than a removal: \(came) bytes came"
    case .order:
      let isSame = Self.sortedLines(old) == Self.sortedLines(new) || old.sorted() == new.sorted()
      return isSame ? nil : "elements changed while they moved"
    case .set:
      guard isOfScalar else { return nil }
      let (before, after) = (Self.comments(old), Self.comments(new))
      guard before == after else { return "comments went: \(before) -> \(after)" }
      // The value's own lines, no more.
      var rest = Self.sortedLines(new)
      let lost = Self.sortedLines(old).filter { line in
        guard let index = rest.firstIndex(of: line) else { return true }
        rest.remove(at: index)
        return false
      }
      return lost.count <= linesOfValue ? nil : "lines went: \(lost)"
    }
  }

  private static func comments(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.matches(of: /# ?c[0-9]+x/).map { String($0.output) }
  }

  private static func sortedLines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init).sorted()
  }
}
