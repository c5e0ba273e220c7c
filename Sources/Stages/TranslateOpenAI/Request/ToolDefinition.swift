import Pipeline

/// One entry of the client's `tools`.
struct ToolDefinition {
  /// Who runs it.
  enum Kind {
    /// The client, with a schema of its own or, for tools that only Anthropic's models know, one of ours.
    case client(schema: Bytes?)
    /// Anthropic.
    case server
  }

  let name: String
  let type: String
  let kind: Kind
  let isDeferred: Bool
  private let fields: JSONFields
  private let place: String

  init(_ json: Bytes, at place: String) throws(ProxyFailure) {
    guard let fields = try? JSONFields(json) else { throw .malformed(place, "A tool must be an object") }
    self.fields = fields
    self.place = place
    let type = fields.string("type") ?? "custom"
    self.type = type
    isDeferred = fields["defer_loading"]?.isTrue ?? false
    let given = fields.string("name")
    if type == "custom" || fields.kind("input_schema") == .object {
      kind = .client(schema: fields["input_schema"])
    } else if let schema = KnownTool.schema(of: type) {
      kind = .client(schema: schema)
    } else if Self.serverTypes.contains(where: { type.hasPrefix($0) }) {
      kind = .server
    } else {
      let label = given.map { "The tool \($0) of the type \(type)" } ?? "A tool of the type \(type)"
      throw .untranslatable(place, "\(label) cannot be offered")
    }
    name = given ?? type
    if given == nil, case .client = kind { throw .malformed("\(place).name", "A string is missing") }
  }

  private static let serverTypes = [
    "web_search_", "web_fetch_", "code_execution_", "tool_search_", "advisor", "mcp_toolset",
  ]

  /// Claude Code's own search for tools, or one like it: what it finds comes back as `tool_reference` blocks.
  var isClientToolSearch: Bool {
    guard case .client = kind, !isDeferred else { return false }
    return name.lowercased().filter { $0.isLetter }.hasSuffix("toolsearch")
  }

  /// The entry of the provider's `tools` (translation.md §4); nil for what no other endpoint can run.
  func function(_ context: TranslationContext) -> Bytes? {
    guard case .client(let given) = kind else { return nil }
    let profile = context.profile
    let schema = ToolSchema(given).without(profile.schemaKeywordsDropped)
    var function = JSONFields(["name": Bytes(quoting: context.notes.providerName(of: name))])
    function["description"] = description?.quoted
    function["parameters"] = schema.parameters
    if fields["strict"]?.isTrue == true {
      if profile.acceptsStrictTools, schema.isStrict {
        function.set("strict", "true")
      } else {
        context.notes.note(.strictDropped, at: place)
      }
    }
    return JSONFields(["type": Bytes(quoting: "function"), "function": function.text]).text
  }

  /// With the examples of inputs, for which there is no field.
  private var description: EscapedText? {
    let own = EscapedText(json: fields["description"]) ?? EscapedText(KnownTool.description(of: type) ?? "")
    let examples = (fields.array("input_examples") ?? []).map(\.compactJSON.text)
    let note =
      examples.isEmpty
      ? EscapedText() : EscapedText("Examples of input:\n" + examples.joined(separator: "\n"))
    let texts = [own, note].filter { !$0.isEmpty }
    return texts.isEmpty ? nil : texts.joined()
  }
}
