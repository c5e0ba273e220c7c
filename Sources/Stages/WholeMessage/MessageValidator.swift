package import Pipeline

/// Checks a non-streamed answer against the schema of a message, by the rules that hold for streams.
package enum MessageValidator {
  /// Returns the message to send on, `body` itself unless something had to be mended, and what was learnt.
  ///
  /// Throws `.wrongContentType` [V1] for a web page, `.malformedEvent` [V3] for other text, `.errorEvent`
  /// [V35, V36] for an error object, `.protocolViolation` for a message a client cannot use, `.emptyAnswer`.
  ///
  /// - Parameter attempt: gets the report too, as it grows.
  package static func check(
    _ body: Bytes, expectation: AnswerExpectation, attempt: Attempt? = nil
  ) throws(ProxyFailure) -> (message: Bytes, report: AnswerReport) {
    var check = MessageCheck(expectation, attempt)
    let message = try check.run(body)
    return (message, check.findings.report)
  }

  /// The fields of what must be a message; says what else it is if it is none.
  static func readMessage(_ body: Bytes, _ findings: Findings) throws(ProxyFailure) -> JSONFields {
    let fields: JSONFields
    do throws(JSONError) {
      fields = try JSONFields(body)
    } catch {
      let isPage = body.first { $0 > 0x20 } == UInt8(ascii: "<")
      throw findings.failure(
        isPage ? .v1 : .v3,
        isPage ? "The endpoint answered with a web page" : "The answer is no JSON object: \(error)",
        code: isPage ? .wrongContentType : .malformedEvent)
    }
    switch fields.string("type") {
    case "error": throw UpstreamError.failure(.v35, body, findings)
    case nil where fields.kind("error") != nil && fields.kind("error") != .null:
      throw UpstreamError.failure(.v36, body, findings)
    case nil, "message": break
    case let type?:
      throw findings.failure(.v3, "The answer is a \(type.prefix(40)), not a message", code: .malformedEvent)
    }
    guard fields.kind("content") == .array else {
      throw findings.failure(.v3, "The answer has no list of content", code: .malformedEvent)
    }
    return fields
  }
}

extension Attempt {
  /// Checks a whole message of this attempt's endpoint; returns the message to send on.
  package func checkMessage(_ body: Bytes) throws(ProxyFailure) -> Bytes {
    try MessageValidator.check(body, expectation: expectation, attempt: self).message
  }
}

/// One whole message under examination.
private struct MessageCheck {
  private let expectation: AnswerExpectation
  private(set) var findings = Findings(stage: ValidateProtocol.name)
  private var content = ContentFacts()

  init(_ expectation: AnswerExpectation, _ attempt: Attempt?) {
    self.expectation = expectation
    findings.attempt = attempt
  }

  mutating func run(_ received: Bytes) throws(ProxyFailure) -> Bytes {
    let body = try checkText(received)
    let fields = try MessageValidator.readMessage(body, findings)
    var head = MessageHead(fields, expectation)
    let isOtherModel = head.mend(&findings)
    for element in fields.array("content") ?? [] {
      guard let block = try? JSONFields(element) else {
        throw findings.failure(.v15, "A content block is not an object", code: .malformedEvent)
      }
      try check(block, try content.admit(block, expectation, &findings))
    }
    try checkStop(&head)
    if isOtherModel, !content.namesFallback { findings.warn(.v43) }
    if head.isChanged {
      if let model = head.modelToShow { head.fields["model"] = model }
      return head.fields.text
    }
    guard let model = head.modelToShow, let range = fields["model"]?.indices else { return body }
    return body[..<range.lowerBound] + model + body[range.upperBound...]
  }

  private mutating func checkText(_ body: Bytes) throws(ProxyFailure) -> Bytes {
    if let place = unsafe body.withUnsafeBufferPointer({ unsafe ByteScan.firstInvalidUTF8(in: $0) }) {
      throw findings.failure(.v4, "Byte \(place) of the answer is not UTF-8", code: .malformedEvent)
    }
    guard body.starts(with: [0xEF, 0xBB, 0xBF]) else { return body }
    findings.repaired(.v4)
    return body.dropFirst(3)
  }

  private mutating func check(_ block: JSONFields, _ type: BlockType) throws(ProxyFailure) {
    let index = content.started - 1
    switch type {
    case .text:
      let text = try payload("text", of: block, index)
      if text.isEmpty { findings.warn(.v41) } else { content.hasContent = true }
    case .thinking:
      _ = try payload("thinking", of: block, index)
      if let signature = block.string("signature"), !signature.isEmpty {
        return findings.passed(ThinkingFingerprint(.signature, signature))
      }
      guard !expectation.isFirstParty else {
        throw findings.failure(.v21, "The thinking of block \(index) is not signed")
      }
      findings.warn(.v21)
    case .toolUse, .serverToolUse, .mcpToolUse:
      guard block.kind("input") == .object else {
        throw findings.failure(.v19, "The input of the tool call in block \(index) is not an object")
      }
      content.hasWholeToolUse = content.hasWholeToolUse || type == .toolUse
    case .redactedThinking, .toolResult, .compaction, .fallback, .whole, .unknown: break
    }
  }

  private func payload(_ key: String, of block: JSONFields, _ index: Int) throws(ProxyFailure) -> String {
    guard let text = block.string(key) else {
      throw findings.failure(.v17, "Content block \(index) has no \(key)")
    }
    return text
  }

  private mutating func checkStop(_ head: inout MessageHead) throws(ProxyFailure) {
    guard let given = head.fields.string("stop_reason") else {
      throw findings.failure(.v27, "The message has no stop_reason")
    }
    let usage = head.fields.object("usage") ?? JSONFields()
    try content.checkEmpty(stop: given, outputTokens: usage.integer("output_tokens"), &findings)
    let reason = content.mendedStop(given, expectation)
    if reason != given {
      head.set("stop_reason", reason.jsonQuoted)
      findings.repaired(.v30)
    }
    content.checkStop(
      reason, hasStopDetails: head.fields.kind("stop_details") == .object, &findings)
    findings.note { $0.stopReason = reason }
  }
}
