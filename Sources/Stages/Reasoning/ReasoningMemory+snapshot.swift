package import Pipeline
import Synchronization

/// The memory as text, one JSON object a line, what was used longest ago first.
extension ReasoningMemory {
  package var snapshot: Bytes {
    let (blocks, calls, details) = state.withLock { state in
      (state.blocks.entries, state.toolCalls.entries, state.details.entries)
    }
    var lines: [UInt8] = []
    for (block, known) in blocks { lines += Self.line(block, known) }
    for (id, call) in calls { lines += Self.line(id, call) }
    for (signature, value) in details { lines += Self.line(signature, value) }
    return Bytes(lines)
  }

  /// The memory that `snapshot` was taken of, as far as the limits allow. Lines that cannot be read are skipped.
  package convenience init(snapshot: Bytes, limits: Limits = Limits()) {
    self.init(limits: limits)
    state.withLock { state in
      for line in snapshot.split(separator: UInt8(ascii: "\n")) {
        if let fields = try? JSONFields(line) { state.restore(fields) }
      }
      state.revision = 0
    }
  }

  private static func line(_ block: ThinkingFingerprint, _ known: Provenance) -> Bytes {
    var fields = JSONFields()
    fields.set("thinking", String(block.rawValue, radix: 16).jsonQuoted)
    if let origin = known.origin { fields.set("origin", origin.jsonQuoted) }
    if !known.refusedBy.isEmpty {
      fields.set("refused_by", "[\(known.refusedBy.sorted().map(\.jsonQuoted).joined(separator: ","))]")
    }
    return fields.line
  }

  private static func line(_ id: String, _ call: RememberedToolCall) -> Bytes {
    var fields = JSONFields()
    fields.set("tool_call", id.jsonQuoted)
    fields.set("id", call.id.jsonQuoted)
    if let extra = call.extraContent { fields.set("extra_content", extra.jsonQuoted) }
    return fields.line
  }

  /// The details go in as a string: JSON may have line ends.
  private static func line(_ signature: String, _ details: Bytes) -> Bytes {
    var fields = JSONFields()
    fields.set("signature", signature.jsonQuoted)
    fields["reasoning_details"] = details.jsonQuoted
    return fields.line
  }
}

extension ReasoningMemory.State {
  fileprivate mutating func restore(_ fields: JSONFields) {
    if let hash = fields.string("thinking").flatMap({ UInt64($0, radix: 16) }) {
      let refusedBy = (fields.array("refused_by") ?? []).compactMap(\.jsonString)
      remember(
        ReasoningMemory.Provenance(origin: fields.string("origin"), refusedBy: Set(refusedBy)),
        of: ThinkingFingerprint(rawValue: hash))
    } else if let call = fields.string("tool_call"), let id = fields.string("id") {
      remember(RememberedToolCall(id: id, extraContent: fields.string("extra_content")), as: call)
    } else if let signature = fields.string("signature"), let details = fields.string("reasoning_details") {
      remember(Bytes(utf8: details), for: signature)
    }
  }
}

extension JSONFields {
  fileprivate var line: Bytes { text + [UInt8(ascii: "\n")] }
}
