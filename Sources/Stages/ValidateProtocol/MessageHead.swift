import Pipeline

/// The fields of a message around its content, mended alike in message_start and in whole messages.
struct MessageHead {
  var fields: JSONFields
  /// A repair was made; the fields are to be written anew.
  private(set) var isChanged = false
  private let expectation: AnswerExpectation

  init(_ fields: JSONFields, _ expectation: AnswerExpectation) {
    self.fields = fields
    self.expectation = expectation
  }

  mutating func set(_ key: String, _ json: String) {
    fields.set(key, json)
    isChanged = true
  }

  /// Fills in what clients need, and notes what the message says of itself (V10, V11).
  ///
  /// Returns whether the model is another than the one asked for (V43).
  mutating func mend(_ findings: inout Findings) -> Bool {
    let model = fields.string("model")
    let usage = TokenUsage(fields.object("usage") ?? JSONFields())
    mendIdentity(&findings)
    mendUsage(usage, &findings)
    let id = fields.string("id")
    findings.note { report in
      report.model = model
      report.messageID = id
      report.usage.update(usage)
    }
    return isOther(model)
  }

  private mutating func mendIdentity(_ findings: inout Findings) {
    let needed = [
      ("id", mintedID(findings.attempt)), ("type", "message"), ("role", "assistant"),
      ("model", expectation.model),
    ]
    let missing = needed.filter { fields.string($0.0) == nil }
    guard !missing.isEmpty else { return }
    for (key, value) in missing { set(key, value.jsonQuoted) }
    findings.repaired(.v11)
  }

  /// Not random, so that the same bytes give the same answer.
  private func mintedID(_ attempt: Attempt?) -> String {
    "msg_\(attempt.map { "\($0.exchange.id)\($0.number)" } ?? "companion")"
  }

  private mutating func mendUsage(_ known: TokenUsage, _ findings: inout Findings) {
    guard known.input == nil || known.output == nil else { return }
    var usage = fields.object("usage") ?? JSONFields()
    if known.input == nil { usage.set("input_tokens", "0") }
    if known.output == nil { usage.set("output_tokens", "0") }
    fields["usage"] = usage.text
    isChanged = true
    findings.repaired(.v10)
  }

  /// An alias such as `claude-sonnet-4-5` is answered by a dated name that begins with it.
  private func isOther(_ model: String?) -> Bool {
    guard let model, !expectation.model.isEmpty else { return false }
    return !model.hasPrefix(expectation.model) && !expectation.model.hasPrefix(model)
  }

  /// The name the client is to see, as JSON; nil to leave what is there.
  var modelToShow: Bytes? { expectation.modelShownToClient.map { Bytes(utf8: $0.jsonQuoted) } }
}
