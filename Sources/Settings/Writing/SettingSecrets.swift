import Pipeline
import Stages

/// Which values of the configuration are secrets, how they are shown, and how they come back.
enum SettingSecrets {
  private static let wrapper = "secret"

  /// Whether the value at this path is one.
  static func contains(_ path: SettingPath) -> Bool {
    switch path.steps.first {
    case .key("server")?: return path == SettingPath("server", "auth_token")
    case .key("web_admin")?: return path == SettingPath("web_admin", "password_hash")
    case .key("endpoints")?:
      guard path.steps.count > 2, case .key(let first) = path.steps[2] else { return false }
      guard path.steps.count > 3 else { return first == "auth_value" }
      guard path.steps.count == 4, case .key(let second) = path.steps[3] else { return false }
      return switch first {
      case "oauth_config": ["access_token", "refresh_token"].contains(second)
      case "proxy": second == "password"
      case "header_overrides": Endpoint.isCredential(second)
      default: false
      }
    default: return false
    }
  }

  /// The value without its secrets: instead of each a map with the key `secret`.
  static func masked(_ value: SettingValue, at path: SettingPath) -> SettingValue {
    if contains(path) { return masked(value) }
    switch value {
    case .map(let map):
      return .map(SettingMap(map.entries.map { ($0.key, masked($0.value, at: path.key($0.key))) }))
    case .list(let list):
      return .list(list.enumerated().map { masked($0.element, at: path.index($0.offset)) })
    case .null, .bool, .int, .double, .text: return value
    }
  }

  /// A secret: a whole variable by its name, anything else by its ends. Nothing, and an empty text, is none.
  private static func masked(_ value: SettingValue) -> SettingValue {
    if value == .null || value == .text("") { return value }
    let text = value.scalarText ?? ""
    let isVariable = text.wholeMatch(of: /\$\{[A-Za-z_][A-Za-z0-9_]*\}/) != nil
    return .map([wrapper: .text(isVariable ? text : Secret(text).description)])
  }

  /// The value to write for one that came from outside; nil when its key is to go.
  ///
  /// - Parameter old: what is written now.
  static func restored(
    _ new: SettingValue, from old: SettingValue?, at path: SettingPath
  ) throws(SettingsEditError) -> SettingValue? {
    if contains(path) { return try restoredSecret(new, from: old, at: path) }
    switch new {
    case .null: return old == .null || isOverride(path) ? .null : nil
    case .bool, .int, .double, .text: return new
    case .list(let list):
      var result: [SettingValue] = []
      for (index, element) in list.enumerated() {
        let name = element.map?["name"]?.scalarText
        let before = name.flatMap { name in old?.list?.first { $0.hasName(name) } }
        result.append(try restored(element, from: before, at: path.index(index)) ?? .null)
      }
      return .list(result)
    case .map(let map):
      var result = SettingMap()
      for (key, value) in map.entries {
        result[key] = try restored(value, from: old?.map?[key], at: path.key(key))
      }
      for (key, value) in old?.map?.entries ?? [] where map[key] == nil && contains(path.key(key)) {
        result[key] = value
      }
      return .map(result)
    }
  }

  private static func restoredSecret(
    _ new: SettingValue, from old: SettingValue?, at path: SettingPath
  ) throws(SettingsEditError) -> SettingValue? {
    switch new {
    case .null: return old == .null ? .null : nil
    case .map:
      guard let old, masked(old) == new else {
        throw .refused(
          path: path.description, reason: "this is not the secret that is written; send the secret as a text")
      }
      return old
    case .bool, .int, .double, .text, .list: return new
    }
  }

  /// There nothing means that a header or parameter is deleted.
  private static func isOverride(_ path: SettingPath) -> Bool {
    path.steps.count == 4
      && [.key("header_overrides"), .key("parameter_overrides")].contains(path.steps[2])
  }
}

extension SettingsEditor {
  /// The value at a path as it may leave the process: secrets masked, merge keys taken in.
  package func shown(at path: SettingPath) -> SettingValue? {
    value(at: path).map { SettingSecrets.masked($0, at: path) }
  }

  /// The paths of all values of the file that are no maps, with points between their keys: `failover.resume`.
  package var writtenPaths: [String] {
    func leaves(_ map: SettingMap, _ path: String) -> [String] {
      map.entries.flatMap { key, value -> [String] in
        if let map = value.map { return leaves(map, path + key + ".") }
        return value == .null ? [] : [path + key]
      }
    }
    return document.value.merged.map.map { leaves($0, "") } ?? []
  }
}
