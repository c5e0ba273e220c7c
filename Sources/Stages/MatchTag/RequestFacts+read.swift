import HTTPTypes
package import Pipeline

extension RequestFacts {
  /// Reads what the flow needs to know of a request: headers, and in one pass the body of the two kinds that
  /// have a known one. Of any other request only the session header is read.
  ///
  /// Fields of a wrong type count as absent: the endpoint is the judge of those. Of duplicate keys the last
  /// one counts.
  ///
  /// - Throws: `badRequest` (status 400) when the body is not one JSON object, or names no model.
  package static func read(_ request: ClientRequest) throws(ProxyFailure) -> RequestFacts {
    var facts = RequestFacts()
    facts.kind = Kind(of: request)
    if facts.kind != .passThrough {
      do throws(JSONError) {
        try request.body.readJSON { (json) throws(JSONError) in try facts.readBody(&json) }
      } catch {
        throw .badRequest("The request body is not one JSON object: \(error).", cause: error)
      }
      guard facts.model != nil else {
        throw .badRequest("The request body has no `model`, or it is not a string.")
      }
    }
    facts.sessionID = request.fields.sessionID ?? facts.userID.flatMap(sessionID(inUserID:))
    facts.allowsInvalidToolInput = facts.allowsInvalidToolInput || request.fields.asksForFineGrainedTools
    return facts
  }

  /// The session id that Claude Code puts into `metadata.user_id`: as a member of a JSON object in new versions,
  /// as the end of `user_…_account_…_session_ID` in old ones.
  static func sessionID(inUserID userID: String) -> String? {
    let id =
      userID.hasPrefix("{")
      ? JSONPath(["session_id"]).value(in: Bytes(utf8: userID))?.text
      : userID.ranges(of: "_session_").last.map { String(userID[$0.upperBound...]) }
    return id.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension RequestFacts.Kind {
  init(of request: ClientRequest) {
    switch (request.method, request.path) {
    case (.post, "/v1/messages"): self = .messages
    case (.post, "/v1/messages/count_tokens"): self = .countTokens
    default: self = .passThrough
    }
  }
}

extension HTTPFields {
  // Valid field names, so neither is nil.
  private static let session = HTTPField.Name("x-claude-code-session-id")!
  private static let beta = HTTPField.Name("anthropic-beta")!

  fileprivate var sessionID: String? {
    self[Self.session].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The legacy form of `eager_input_streaming` (V19).
  fileprivate var asksForFineGrainedTools: Bool {
    self[values: Self.beta].contains { $0.contains("fine-grained-tool-streaming") }
  }
}

extension ProxyFailure {
  fileprivate static func badRequest(_ detail: String, cause: (any Error)? = nil) -> ProxyFailure {
    ProxyFailure(
      .badRequest, origin: .client, stage: MatchTag.name, retry: .never, httpStatus: 400, detail: detail,
      cause: cause)
  }
}
