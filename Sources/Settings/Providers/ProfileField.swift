import Stages

/// A change to a profile, read from a file.
typealias ProfileChange = (inout ProviderProfile) -> Void

/// One member of a profile: how it is read and how it is written.
///
/// The table `all` is the only list of these names: providers.yaml, `endpoints[].profile` and the output of
/// `check --show` go by it.
struct ProfileField {
  let key: String
  /// Nil, reported, when the value is not of the right kind.
  let read: (Value) -> ProfileChange?
  let write: (ProviderProfile, inout Outline) -> Void

  init<Content>(
    _ key: String, _ path: WritableKeyPath<ProviderProfile, Content>, read: @escaping (Value) -> Content?,
    write: @escaping (Content, String, inout Outline) -> Void
  ) {
    self.key = key
    self.read = { value in read(value).map { content in { $0[keyPath: path] = content } } }
    self.write = { profile, out in write(profile[keyPath: path], key, &out) }
  }

  /// Nil is written as the word `none`.
  private static let nothing = "none"

  static func flag(_ key: String, _ path: WritableKeyPath<ProviderProfile, Bool>) -> ProfileField {
    ProfileField(key, path, read: { $0.boolean() }, write: { $2.plain($1, $0) })
  }

  static func count(
    _ key: String, _ path: WritableKeyPath<ProviderProfile, Int>, in range: ClosedRange<Int>
  ) -> ProfileField {
    ProfileField(key, path, read: { $0.integer(in: range) }, write: { $2.plain($1, $0) })
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ path: WritableKeyPath<ProviderProfile, Choice>
  ) -> ProfileField {
    ProfileField(key, path, read: { $0.choice() }, write: { $2.plain($1, $0.rawValue) })
  }

  /// One of a few words that the profile keeps as text.
  static func word<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ path: WritableKeyPath<ProviderProfile, String>, of type: Choice.Type
  ) -> ProfileField {
    ProfileField(key, path, read: { $0.choice(type)?.rawValue }, write: { $2.text($1, $0) })
  }

  /// A text of the provider's own, or `none`.
  static func text(_ key: String, _ path: WritableKeyPath<ProviderProfile, String?>) -> ProfileField {
    ProfileField(
      key, path, read: { value in value.text().map { $0 == nothing ? nil : $0 } },
      write: { $2.text($1, $0 ?? nothing) })
  }

  static func texts(_ key: String, _ path: WritableKeyPath<ProviderProfile, Set<String>>) -> ProfileField {
    ProfileField(key, path, read: { $0.textSet() }, write: { $2.texts($1, $0.sorted()) })
  }
}

extension ProfileField {
  private enum SystemRole: String, CaseIterable { case system, developer }
  private enum ToolChoice: String, CaseIterable { case auto, required, none, function }
  private enum Level: String, CaseIterable { case off, low, medium, high, xhigh, max }

  static var all: [ProfileField] { request + tools + reasoning + answer }

  private static var request: [ProfileField] {
    [
      .word("max_tokens_field", \.maxTokensField, of: MaxTokensField.self),
      ProfileField(
        "max_tokens_limit", \.maxTokensLimit,
        read: { value in value.integer(in: 0...Int.max).map { $0 == 0 ? nil : $0 } },
        write: { $2.plain($1, $0 ?? 0) }),
      .flag("sends_stream_options", \.sendsStreamOptions),
      .word("system_role", \.systemRole, of: SystemRole.self),
      .flag("accepts_late_system", \.acceptsLateSystem),
      .flag("needs_alternation", \.needsAlternation),
      .flag("accepts_images", \.acceptsImages),
      .flag("accepts_images_in_tool_messages", \.acceptsImagesInToolMessages),
      .choice("documents", \.documents),
      .choice("structured_output", \.structuredOutput),
      .count("stop_limit", \.stopLimit, in: 0...1000),
      .flag("accepts_top_k", \.acceptsTopK),
      .flag("fixes_sampling", \.fixesSampling),
      .choice("cache_marks", \.cacheMarks),
      .text("user_field", \.userField),
      .choice("prefill", \.prefill),
      .flag("omits_null_content", \.omitsNullContent),
      .texts("fields_dropped", \.fieldsDropped),
      ProfileField("fields_added", \.fieldsAdded, read: readJSONMembers, write: writeMembers),
    ]
  }

  private static var tools: [ProfileField] {
    [
      ProfileField(
        "tool_choices", \.toolChoices, read: { $0.choices(ToolChoice.self) },
        write: { $2.texts($1, $0.sorted()) }),
      .flag("refuses_forced_tool_while_thinking", \.refusesForcedToolWhileThinking),
      .flag("accepts_parallel_tool_calls", \.acceptsParallelToolCalls),
      .flag("accepts_strict_tools", \.acceptsStrictTools),
      .count("tool_id_length", \.toolIDLength, in: 8...1024),
      .texts("schema_keywords_dropped", \.schemaKeywordsDropped),
    ]
  }

  private static var reasoning: [ProfileField] {
    [
      .choice("reasoning_switch", \.reasoningSwitch),
      ProfileField("reasoning_levels", \.reasoningLevels, read: readLevels, write: writeMembers),
      .flag("keeps_earlier_thinking", \.keepsEarlierThinking),
      .choice("reasoning_replay", \.reasoningReplay),
      .choice("replay_scope", \.replayScope),
      .text("reasoning_placeholder", \.reasoningPlaceholder),
      .flag("replays_thought_signatures", \.replaysThoughtSignatures),
    ]
  }

  private static var answer: [ProfileField] {
    [.flag("splits_think_tags", \.splitsThinkTags), .texts("python_json_tools", \.pythonJSONTools)]
  }

  /// Level → the provider's word; levels nobody knows are reported.
  private static func readLevels(_ value: Value) -> [String: String]? {
    value.mapping { map in
      var levels: [String: String] = [:]
      for level in Level.allCases { levels[level.rawValue] = map[level.rawValue]?.text() }
      return levels
    }
  }

  /// Name → JSON; what is no JSON is a string.
  private static func readJSONMembers(_ value: Value) -> [String: String]? {
    value.mapping { map in
      let members = map.allEntries().compactMap { name, value in
        value.text().map { (name, jsonText($0)) }
      }
      return Dictionary(members) { _, last in last }
    }
  }

  private static func writeMembers(_ members: [String: String], _ key: String, _ out: inout Outline) {
    out.section(key) { out in
      for (name, value) in members.sorted(by: { $0.key < $1.key }) { out.text(name, value) }
    }
  }
}

extension Value {
  /// The elements of a list of texts; nil, reported, when this is no list.
  fileprivate func textSet() -> Set<String>? {
    let texts = texts()
    return isList ? Set(texts) : nil
  }

  /// The elements of a list of words; nil, reported, when one of them is none.
  fileprivate func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type
  ) -> Set<String>? {
    let elements = elements()
    let words = elements.compactMap { $0.choice(type)?.rawValue }
    return isList && words.count == elements.count ? Set(words) : nil
  }
}

extension ProviderProfile {
  /// The changes a mapping asks for, in the order of the table.
  static func changes(_ map: Mapping) -> [ProfileChange] {
    ProfileField.all.compactMap { field in map[field.key].flatMap(field.read) }
  }

  /// Applies changes to the profile and to those of single models: what a user says holds for every model.
  mutating func apply(_ changes: [ProfileChange]) {
    for change in changes {
      change(&self)
      for index in models.indices { change(&models[index].profile) }
    }
  }

  /// Writes the fields in which this profile, or that of one of its models, differs from another one.
  func outline(unlike other: ProviderProfile, _ out: inout Outline) {
    for field in ProfileField.all where field.text(self) != field.text(other) { field.write(self, &out) }
  }
}

extension ProfileField {
  /// The field as it is written, for the profile and for each of its models.
  fileprivate func text(_ profile: ProviderProfile) -> [String] {
    var out = Outline()
    write(profile, &out)
    for model in profile.models { write(model.profile, &out) }
    return out.lines
  }
}
