import Pipeline

/// The block that is open, and what its deltas have brought.
struct OpenBlock {
  var type = BlockType.unknown
  /// The endpoint's number of it.
  var source = 0
  /// The number the client knows it by.
  var index = 0
  /// Its start carried an object as `input`: what counts when no delta brings any.
  var startsWithInput = false
  /// Text or thinking came.
  var hasText = false
  /// Of its thinking; nil while there is no signature.
  private(set) var signature: ThinkingFingerprint?
  private var compactions = 0
  private var input = ToolInput()
  private var usual: DeltaPattern?

  init() {}

  init(_ type: BlockType, source: Int, index: Int, start: JSONFields) {
    self.type = type
    self.source = source
    self.index = index
    startsWithInput = start.kind("input") == .object
    hasText = !(start.string(type == .thinking ? "thinking" : "text") ?? "").isEmpty
    signature = start.string("signature").flatMap(Self.fingerprint)
  }

  /// Its tool input, if it has one, is exactly one JSON object.
  var hasWholeInput: Bool {
    !type.isTool || (input.isEmpty ? startsWithInput : input.isObject)
  }

  /// What a delta adds to the block.
  enum Contribution {
    case content
    /// The empty string.
    case empty
    /// Clients must not see it: it lacks its payload (V17).
    case invalid
  }

  /// Takes in a delta that is like the one before but for its payload; nil for any other.
  mutating func receiveUsual(_ event: ServerSentEvent, _ findings: inout Findings) -> Contribution? {
    guard let usual, let payload = usual.payload(of: event) else { return nil }
    note(usual.delta, payload, of: event.data, &findings)
    return payload.range.isEmpty ? .empty : .content
  }

  /// Takes a delta in.
  mutating func receive(
    _ delta: DeltaFields, of data: Bytes, _ findings: inout Findings
  ) throws(ProxyFailure) -> Contribution {
    usual = nil
    guard let deltaType = delta.type else {
      throw findings.failure(.v16, "A delta has no type", code: .malformedEvent)
    }
    switch type.fit(of: deltaType) {
    case .fits: usual = DeltaPattern(deltaType, delta.payload, of: data)
    case .unexpected: findings.warn(.v24)
    case .mismatch:
      throw findings.failure(.v16, "A \(deltaType) delta does not fit the \(type) block \(index)")
    }
    switch delta.payload {
    case nil:
      note(deltaType, &findings)
      return .content
    case .string(let payload):
      note(deltaType, payload, of: data, &findings)
      return payload.range.isEmpty ? .empty : .content
    case .absent, .null:
      findings.repaired(.v17)
      return .invalid
    case .wrongKind:
      throw findings.failure(.v17, "The payload of a delta is not a string", code: .malformedEvent)
    }
  }

  private mutating func note(
    _ delta: DeltaType, _ payload: JSONString, of data: Bytes, _ findings: inout Findings
  ) {
    switch delta {
    case .text: hasText = hasText || !payload.range.isEmpty
    case .inputJSON: input.receive(payload, of: data)
    case .thinking:
      hasText = hasText || !payload.range.isEmpty
      if signature != nil { findings.warn(.v22) }
    case .signature:
      if signature != nil { findings.warn(.v22) }
      // With its quotes it is a JSON text of its own.
      let text = data[payload.range.lowerBound - 1..<payload.range.upperBound + 1]
      signature = text.jsonString.flatMap(Self.fingerprint)
    case .citations, .compaction, .other: break
    }
  }

  private static func fingerprint(_ signature: String) -> ThinkingFingerprint? {
    signature.isEmpty ? nil : ThinkingFingerprint(.signature, signature)
  }

  private mutating func note(_ delta: DeltaType, _ findings: inout Findings) {
    guard delta == .compaction else { return }
    compactions += 1
    if compactions > 1 { findings.warn(.v24) }
  }
}
