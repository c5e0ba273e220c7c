import Pipeline

/// The tools a request offers, as they stand at the end of its conversation (translation.md §4).
struct ToolList {
  /// What the model may call, in an order that only grows at its end while the conversation does.
  private(set) var offered: [ToolDefinition]
  /// The request offers tools, and none but those that run at Anthropic: the first of them.
  private(set) var onlyServerTool: ToolDefinition?
  /// All that were ever named, offered or not.
  private var known: [String: ToolDefinition] = [:]

  init(
    _ tools: Bytes?, _ turns: [RequestMessage], _ context: TranslationContext
  ) throws(ProxyFailure) {
    var declared: [ToolDefinition] = []
    for (index, tool) in (tools?.jsonArray ?? []).enumerated() {
      let definition = try ToolDefinition(tool, at: "tools[\(index)]")
      switch definition.kind {
      case .client: declared.append(definition)
      case .server:
        onlyServerTool = onlyServerTool ?? definition
        context.notes.note(.serverToolDropped, at: "tools[\(index)]")
      }
      known[definition.name] = definition
    }
    if !declared.isEmpty { onlyServerTool = nil }
    var changes: [Change] = []
    for block in turns.lazy.flatMap(\.blocks) { changes += try Change.list(in: block) }
    // A search that runs at Anthropic will find nothing any more, so everything has to be there.
    let isSearchable =
      !known.values.contains { $0.type.hasPrefix("tool_search_") }
      && (!changes.isEmpty || declared.contains(where: \.isClientToolSearch))
    offered = declared.filter { !isSearchable || !$0.isDeferred }
    for change in changes { apply(change) }
  }

  private mutating func apply(_ change: Change) {
    switch change {
    case .define(let tool):
      known[tool.name] = tool
      offered.removeAll { $0.name == tool.name }
      if case .client = tool.kind { offered.append(tool) }
    case .surface(let name):
      guard let tool = known[name], case .client = tool.kind else { return }
      if !offered.contains(where: { $0.name == name }) { offered.append(tool) }
    case .remove(let name): offered.removeAll { $0.name == name }
    }
  }

  /// What a conversation says of tools.
  private enum Change {
    case define(ToolDefinition)
    case surface(String)
    case remove(String)

    /// Found by a search, or changed by a system message.
    static func list(in block: RequestBlock) throws(ProxyFailure) -> [Change] {
      switch block.type {
      case "tool_result": references(block.fields.array("content"))
      case "tool_search_tool_result":
        references(block.fields.object("content")?.array("tool_references"))
      case "tool_addition", "tool_removal":
        try change(block.type, block.fields.object("tool"), at: block.place).map { [$0] } ?? []
      case "compaction": try changes(of: block)
      default: []
      }
    }

    private static func references(_ elements: [Bytes]?) -> [Change] {
      (elements ?? []).compactMap { element in
        guard let fields = try? JSONFields(element), fields.string("type") == "tool_reference" else {
          return nil
        }
        return fields.string("tool_name").map { .surface($0) }
      }
    }

    private static func changes(of compaction: RequestBlock) throws(ProxyFailure) -> [Change] {
      var changes: [Change] = []
      for element in compaction.fields.array("tool_changes") ?? [] {
        guard let fields = try? JSONFields(element), let type = fields.string("type") else { continue }
        if let change = try change(type, fields.object("tool"), at: compaction.place) {
          changes.append(change)
        }
      }
      return changes
    }

    private static func change(
      _ type: String, _ tool: JSONFields?, at place: String
    ) throws(ProxyFailure) -> Change? {
      if type == "tool_addition", let definition = tool?["definition"] {
        return .define(try ToolDefinition(definition, at: "\(place).tool.definition"))
      }
      guard tool?.string("type") == "tool_reference", let name = tool?.string("name") else { return nil }
      return type == "tool_addition" ? .surface(name) : .remove(name)
    }
  }
}
