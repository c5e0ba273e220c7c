package import Pipeline

extension JSON {
  /// The value as JSON text in UTF-8, without white space. Numbers that JSON cannot say become null.
  package var bytes: Bytes {
    var out = ""
    write(to: &out)
    return Bytes(utf8: out)
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += Self.text(of: value)
    case .text(let text): out += text.jsonQuoted
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        out += member.name.jsonQuoted + ":"
        member.value.write(to: &out)
      }
      out += "}"
    }
  }

  private static func text(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    return Int(exactly: value).map(String.init) ?? String(value)
  }
}
