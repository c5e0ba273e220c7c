import CLua
import HTTPTypes
import Pipeline

/// The global `request` of scripts, laid out for the sandbox: all texts in one buffer, values by their place in it.
struct ScriptRequest: Sendable {
  /// What a script sees of the last user message, cut before the first character that does not fit.
  static let longestUserMessage = 256 * 1024

  private static let credentials: Set<String> = [
    "authorization", "proxy-authorization", "x-api-key", "cookie",
  ]

  private(set) var texts: [UInt8] = []
  private(set) var values: [SandboxValue] = []

  init(_ subject: TagSubject) {
    let (request, facts) = (subject.request, subject.facts)
    set("path", to: request.path)
    set("method", to: request.method.rawValue)
    set("model", to: facts.model)
    set("session_id", to: facts.sessionID)
    set("stream", to: facts.isStreamed)
    set("message_count", to: facts.messageCount)
    set("tool_count", to: facts.toolNames.count)
    set("has_image", to: facts.hasImage)
    set("estimated_input_tokens", to: subject.estimatedInputTokens)
    set("last_user_message", to: facts.lastUserText.map { $0.prefix(utf8Count: Self.longestUserMessage) })
    set("thinking_budget", to: facts.thinking.budget)
    // Backwards, so that of equal names the first one stays.
    for (name, value) in subject.query.parameters.reversed() { set(name, in: .query, to: value) }
    for field in request.fields where !Self.credentials.contains(field.name.canonicalName) {
      set(field.name.canonicalName, in: .headers, to: request.fields[field.name])
    }
    for name in facts.toolNames { append(.tools, .text, text: name) }
  }

  private mutating func set(_ key: String, in table: SandboxTable = .request, to text: String?) {
    if let text { append(table, .text, key: key, text: text) }
  }

  private mutating func set(_ key: String, to number: Int?) {
    if let number { append(.request, .integer, key: key, number: Int64(number)) }
  }

  private mutating func set(_ key: String, to flag: Bool) {
    append(.request, .boolean, key: key, number: flag ? 1 : 0)
  }

  private mutating func append(
    _ table: SandboxTable, _ kind: SandboxKind, key: String = "", text: String = "", number: Int64 = 0
  ) {
    values.append(
      SandboxValue(table: table, kind: kind, key: store(key), text: store(text), number: number))
  }

  private mutating func store(_ text: String) -> SandboxText {
    let start = texts.count
    texts.append(contentsOf: text.utf8)
    return SandboxText(start: start, length: texts.count - start)
  }
}

extension RequestFacts.Thinking {
  /// 0 for adaptive thinking, nil for none.
  fileprivate var budget: Int? {
    switch self {
    case .off: nil
    case .adaptive: 0
    case .enabled(let budget): budget
    }
  }
}

extension String {
  /// The longest beginning of whole scalars that has at most that many bytes.
  fileprivate func prefix(utf8Count limit: Int) -> String {
    guard var end = utf8.index(startIndex, offsetBy: limit, limitedBy: utf8.endIndex) else { return self }
    while end > startIndex, end < endIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
    return String(self[..<end])
  }
}
