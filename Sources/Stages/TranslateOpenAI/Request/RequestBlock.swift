import Pipeline

/// One content block of the client's request.
struct RequestBlock {
  var type: String
  var fields: JSONFields
  /// `messages[3].content[1]`
  var place: String

  /// The characters of a string field. Throws when it is missing or another value.
  func text(_ key: String) throws(ProxyFailure) -> EscapedText {
    guard let text = EscapedText(json: fields[key]) else {
      throw .malformed("\(place).\(key)", "A string is missing")
    }
    return text
  }

  /// Its cache mark, where the provider has such marks.
  func mark(_ profile: ProviderProfile) -> Bytes? {
    guard profile.cacheMarks != .none, fields.kind("cache_control") == .object else { return nil }
    return fields["cache_control"]
  }

  /// The blocks of a `content` or `system` field: a string, a list, or nothing.
  static func list(_ content: Bytes?, at place: String) throws(ProxyFailure) -> [RequestBlock] {
    guard let content else { return [] }
    switch content.jsonKind {
    case .string:
      let fields = JSONFields(["type": Bytes(quoting: "text"), "text": content])
      return [RequestBlock(type: "text", fields: fields, place: place)]
    case .array:
      var blocks: [RequestBlock] = []
      for (index, element) in (content.jsonArray ?? []).enumerated() {
        blocks.append(try RequestBlock(element, at: "\(place)[\(index)]"))
      }
      return blocks
    case .null: return []
    case .object, .number, .boolean, nil:
      throw .malformed(place, "Content must be a string or a list of blocks")
    }
  }

  private init(_ json: Bytes, at place: String) throws(ProxyFailure) {
    guard let fields = try? JSONFields(json), let type = fields.string("type") else {
      throw .malformed(place, "A content block must be an object with a type")
    }
    self.init(type: type, fields: fields, place: place)
  }

  init(type: String, fields: JSONFields, place: String) {
    self.type = type
    self.fields = fields
    self.place = place
  }
}

/// One message of the client's request; neighbouring assistant messages are one, as they are to Anthropic.
struct RequestMessage {
  enum Role: String { case user, assistant, system }

  var role: Role
  var blocks: [RequestBlock]
  var fields: JSONFields
  var place: String

  /// Written by a person, as far as can be told: it returns nothing from tools.
  var isPrompt: Bool { role == .user && !blocks.contains { $0.type == "tool_result" } }

  static func list(_ messages: Bytes?) throws(ProxyFailure) -> [RequestMessage] {
    guard let elements = messages?.jsonArray else { throw .malformed("messages", "A list is missing") }
    var list: [RequestMessage] = []
    for (index, element) in elements.enumerated() {
      let message = try RequestMessage(element, at: "messages[\(index)]")
      if message.role == .assistant, list.last?.role == .assistant {
        list[list.count - 1].blocks += message.blocks
      } else {
        list.append(message)
      }
    }
    return list
  }

  private init(_ json: Bytes, at place: String) throws(ProxyFailure) {
    guard let fields = try? JSONFields(json) else { throw .malformed(place, "A message must be an object") }
    guard let role = fields.string("role").flatMap(Role.init) else {
      throw .malformed("\(place).role", "The role must be user, assistant or system")
    }
    self.role = role
    self.fields = fields
    self.place = place
    blocks = try RequestBlock.list(fields["content"], at: "\(place).content")
  }
}
