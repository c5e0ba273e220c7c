import Settings

/// Values of the configuration in the API: the same texts, numbers, lists and maps.
extension SettingValue: JSONRepresentable {
  package static var schema: Schema { .any }

  package var json: JSON {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .integer(value)
    case .double(let value): .number(value)
    case .text(let text): .text(text)
    case .list(let list): .array(list.map(\.json))
    case .map(let map): .object(map.entries.map { JSON.Member($0.key, $0.value.json) })
    }
  }

  package init(_ json: JSON) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(value)
    case .number(let value): self = .number(value)
    case .text(let text): self = .text(text)
    case .array(let values): self = .list(values.map(SettingValue.init))
    case .object(let members): self = .map(SettingMap(members.map { ($0.name, SettingValue($0.value)) }))
    }
  }
}
