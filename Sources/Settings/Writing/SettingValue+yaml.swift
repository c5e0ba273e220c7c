import Yams

extension SettingValue {
  /// What a node says, with aliases in full; a merge key stays an entry named `<<`.
  init(_ node: Node) {
    switch node {
    case .scalar(let scalar): self.init(scalar)
    case .sequence(let sequence): self = .list(sequence.map(SettingValue.init))
    case .mapping(let mapping):
      self = .map(SettingMap(mapping.map { key, value in (SettingPath.key(of: key), SettingValue(value)) }))
    // The parser puts the node in its place.
    case .alias: self = .null
    }
  }

  /// Only what the decoders of the sections take for it too becomes a number or a boolean, so that no text
  /// changes on its way through JSON: `0x1F`, `1_000`, `+5` and `off` stay texts.
  private init(_ scalar: Node.Scalar) {
    let text = scalar.string
    guard scalar.style == .plain else {
      self = .text(text)
      return
    }
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    default:
      if let number = Int(text), String(number) == text {
        self = .int(number)
      } else if text.isDecimal, let number = Double(text), number.isFinite {
        self = .number(number)
      } else {
        self = .text(text)
      }
    }
  }

  /// The value with its merge keys taken in: own entries win over merged ones, earlier merged ones over later.
  var merged: SettingValue {
    switch self {
    case .null, .bool, .int, .double, .text: return self
    case .list(let list): return .list(list.map(\.merged))
    case .map(let map):
      var result = SettingMap(map.entries.filter { $0.key != "<<" }.map { ($0.key, $0.value.merged) })
      for part in map["<<"].map({ $0.list ?? [$0] }) ?? [] {
        for (key, value) in part.merged.map?.entries ?? [] where result[key] == nil { result[key] = value }
      }
      return .map(result)
    }
  }
}

extension String {
  /// Digits, one point, digits, maybe a sign before and an exponent after.
  fileprivate var isDecimal: Bool {
    wholeMatch(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil && hasPoint
  }

  // Without one it is a number that is no canonical integer, such as 007.
  private var hasPoint: Bool { contains(".") || contains("e") || contains("E") }
}
