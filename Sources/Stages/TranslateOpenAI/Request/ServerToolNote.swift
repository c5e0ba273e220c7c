import Pipeline

/// What tools that run at Anthropic did, told in words: no other endpoint knows their blocks.
enum ServerToolNote {
  /// A call; `searched: QUERY` for the commonest.
  static func call(_ block: RequestBlock) -> EscapedText {
    let input = block.fields.object("input")
    let name = EscapedText(json: block.fields["name"]) ?? "tool"
    switch block.fields.string("name") {
    case "web_search":
      if let query = EscapedText(json: input?["query"]) { return "searched: \(query)" }
    case "web_fetch":
      if let url = EscapedText(json: input?["url"]) { return "fetched: \(url)" }
    default: break
    }
    return "\(name): \(text(ofJSON: block.fields["input"] ?? []))"
  }

  /// The outcome of a call; nil when it says nothing.
  static func result(_ block: RequestBlock) -> EscapedText? {
    guard let content = block.fields["content"] else { return nil }
    switch content.jsonKind {
    case .string: return EscapedText(json: content)
    case .array: return lines((content.jsonArray ?? []).compactMap { item(try? JSONFields($0)) })
    case .object: return object(try? JSONFields(content))
    case .number, .boolean, .null, nil: return nil
    }
  }

  /// One element of a list: a page that was found, or a text.
  private static func item(_ fields: JSONFields?) -> EscapedText? {
    guard let fields else { return nil }
    if let url = EscapedText(json: fields["url"]) {
      return EscapedText(json: fields["title"]).map { "- \($0): \(url)" } ?? "- \(url)"
    }
    if let tool = EscapedText(json: fields["tool_name"]) { return "tool loaded: \(tool)" }
    return EscapedText(json: fields["text"])
  }

  private static func object(_ fields: JSONFields?) -> EscapedText? {
    guard let fields else { return nil }
    if let code = EscapedText(json: fields["error_code"]) { return "error: \(code)" }
    if let references = fields.array("tool_references") {
      return lines(references.compactMap { item(try? JSONFields($0)) })
    }
    if fields.kind("stdout") != nil || fields.kind("stderr") != nil {
      return lines(["stdout", "stderr"].compactMap { EscapedText(json: fields[$0]) })
    }
    var texts = ["url", "title", "text"].compactMap { EscapedText(json: fields[$0]) }
    // A fetched page is a document in here; PDFs have no text to tell.
    if let document = fields.object("content"), let source = document.object("source") {
      texts += [EscapedText(json: document["title"])].compactMap { $0 }
      if source.string("type") == "text" {
        texts += [EscapedText(json: source["data"])].compactMap { $0 }
      }
    } else if let content = EscapedText(json: fields["content"]) {
      texts.append(content)
    }
    return lines(texts)
  }

  private static func lines(_ texts: [EscapedText]) -> EscapedText? {
    let texts = texts.filter { !$0.isEmpty }
    return texts.isEmpty ? nil : texts.joined(by: "\n")
  }

  private static func text(ofJSON json: Bytes) -> EscapedText {
    EscapedText(json: json.compactJSON.jsonQuoted) ?? EscapedText()
  }
}
