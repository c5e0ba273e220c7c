import Stages

extension TagCondition {
  private enum Kind: String, CaseIterable { case builtin, lua, all, any, not, starlark }

  /// Composites may be nested this deep.
  private static let maximumDepth = 16

  /// Reads the condition of a rule, or one of the `rules` of a composite.
  ///
  /// What a condition looks for stands in `config`, or without that beside `type`.
  /// - Parameter isEnabled: of the whole rule; the scripts of a disabled one need not work.
  init?(_ map: Mapping, isEnabled: Bool, depth: Int) {
    guard let kind: Kind = map["type"]?.choice() else {
      if map["type"] == nil { map.reportMissing("type", expected: "builtin, lua, all, any or not") }
      map.acceptRest()
      return nil
    }
    let condition: TagCondition?
    switch kind {
    case .builtin: condition = Self.readBuiltin(map)
    case .lua: condition = Self.inConfig(map, Self.readScript)
    case .all: condition = Self.readParts(map, isEnabled, depth).map { .all($0) }
    case .any: condition = Self.readParts(map, isEnabled, depth).map { .any($0) }
    case .not:
      let parts = Self.readParts(map, isEnabled, depth)
      if let parts, parts.count != 1 {
        map["rules"]?.report("expected exactly one rule to negate, found \(parts.count)")
      }
      condition = parts?.first.map { .not($0) }
    case .starlark:
      Self.refuseStarlark(map, isEnabled)
      return nil
    }
    guard let condition else { return nil }
    self = condition
  }

  private static func inConfig(_ map: Mapping, _ read: (Mapping) -> TagCondition?) -> TagCondition? {
    guard let config = map["config"] else { return read(map) }
    return config.mapping(read)
  }

  /// The parts of a composite; nil, reported, when there is none or one is wrong.
  private static func readParts(_ map: Mapping, _ isEnabled: Bool, _ depth: Int) -> [TagCondition]? {
    guard let list = map["rules"] else {
      map.reportMissing("rules", expected: "the list of rules to combine")
      return nil
    }
    guard depth < maximumDepth else {
      list.report("rules are nested more than \(maximumDepth) levels deep")
      return nil
    }
    let elements = list.elements()
    let parts = elements.compactMap { element in
      element.mapping { TagCondition($0, isEnabled: isEnabled, depth: depth + 1) }
    }
    if elements.isEmpty, list.isList { list.report("expected at least one rule") }
    return parts.isEmpty || parts.count < elements.count ? nil : parts
  }

  // MARK: Scripts

  private static func readScript(_ map: Mapping) -> TagCondition? {
    switch (map["script"], map["script_file"]) {
    case (nil, nil):
      map.reportMissing("script", expected: "a Lua chunk that returns true or false, or script_file")
      return nil
    case (let script?, nil):
      return script.filledText().map { .script(source: $0, name: script.place.path) }
    case (nil, let file?):
      guard let path = file.filledText() else { return nil }
      let resolved = file.reading.resolve(path)
      return file.reading.text(ofFile: resolved, for: file.place).map { .script(source: $0, name: path) }
    case (_?, let file?):
      file.report("expected either script or script_file, found both")
      return nil
    }
  }

  /// A disabled rule does no harm: files written for the predecessor, whose example has one, still load.
  private static func refuseStarlark(_ map: Mapping, _ isEnabled: Bool) {
    map.acceptRest()
    let lead = isEnabled ? "" : "this disabled rule is left out: "
    map.reading.report(
      isEnabled ? .error : .warning, at: map["type"]?.place ?? map.place,
      lead + "Starlark is not supported, scripts are written in Lua",
      suggestion: """
        write type: lua and the body of should_tag as script: \
        def should_tag(): return "x" in request.path → return request.path:find("x", 1, true) ~= nil; \
        "x" in request.headers → request.headers["x"] ~= nil; \
        request.query.get("x") == "y" → request.query["x"] == "y"
        """)
  }
}
