package import Pipeline

/// An error in the words of an OpenAI-compatible endpoint, and what Anthropic's API would say (§5.5).
///
/// Reads `{"error":{…}}`, `{"error":"…"}`, the same in a list (Q24), bare objects and plain text.
package struct ChatError: Sendable, Equatable {
  /// As the client is to see it: a refused key of ours is no 401, which would make the user log in again.
  package private(set) var httpStatus: Int
  package private(set) var message: String
  /// The provider could not read a call its model made: asking again helps (Q42).
  package private(set) var isUnreadableCall: Bool

  /// - Parameter status: of the HTTP answer, if the error came with one of its own.
  package init(_ body: Bytes, status: Int? = nil) {
    let whole = Self.object(body)
    let error = whole?.object("error") ?? whole
    let words = ["code", "type", "status"].compactMap { error?.string($0) }.joined(separator: " ")
      .lowercased()
    let text =
      error?.string("message") ?? whole?.string("error") ?? whole?.string("detail") ?? body.prefix(300).text
    let said = error?.integer("code") ?? error?.string("code").flatMap { Int($0) }
    let given = [status, said].compactMap { $0 }.first { (400..<600).contains($0) }
    isUnreadableCall = words.contains("tool_use_failed")
    if let length = Self.promptTooLong(text, words) {
      httpStatus = 400
      message = length
    } else {
      httpStatus = Self.clientStatus(given ?? Self.status(of: words), text)
      message = "upstream: \(text)"
    }
  }

  /// The error as Anthropic's API words it: JSON.
  package var body: Bytes { AnthropicError(status: httpStatus, message: message).body }

  func failure(_ quirk: Quirk, _ findings: Findings) -> ProxyFailure {
    var failure = findings.failure(
      isUnreadableCall ? .unreadableCall : quirk, "The endpoint reports \(message.prefix(500))",
      code: isUnreadableCall ? .protocolViolation : .errorEvent)
    failure.httpStatus = isUnreadableCall ? nil : httpStatus
    failure.upstreamBody = body
    return failure
  }

  private static func object(_ body: Bytes) -> JSONFields? {
    let start = body.drop { $0 <= 0x20 }
    guard start.first == UInt8(ascii: "[") else { return try? JSONFields(start) }
    var list = JSONFields()
    list["list"] = start
    return list.array("list")?.first.flatMap { try? JSONFields($0) }
  }

  // MARK: Status

  /// Gateways' own failures are overloads to a client: it should come back.
  private static func clientStatus(_ status: Int, _ text: String) -> Int {
    switch status {
    case 401, 403: return 502
    case 422: return 400
    case 502, 503, 529: return 529
    case 500...:
      let text = text.lowercased()
      return text.contains("overloaded") || text.contains("capacity") ? 529 : status
    default: return status
    }
  }

  private static func status(of words: String) -> Int {
    let known = [
      ("rate_limit", 429), ("quota", 429), ("resource_exhausted", 429), ("too_many_requests", 429),
      ("overloaded", 529), ("capacity", 529), ("unavailable", 529), ("timeout", 504), ("api_key", 401),
      ("authentication", 401), ("unauthenticated", 401), ("permission", 403), ("not_found", 404),
      ("tool_use_failed", 400), ("invalid", 400), ("bad_request", 400),
    ]
    return known.first { words.contains($0.0) }?.1 ?? 500
  }

  // MARK: The prompt is too long

  /// In the words that make the client shorten its conversation.
  private static func promptTooLong(_ text: String, _ words: String) -> String? {
    let lower = text.lowercased()
    let signs = [
      "maximum context length", "context length exceeded", "context window", "context size",
      "prompt is too long", "input token count", "too many tokens", "input is too long",
    ]
    guard words.contains("context_length") || signs.contains(where: { lower.contains($0) }) else {
      return nil
    }
    let counts = numbers(in: text).filter { $0 >= 256 }.prefix(2)
    guard let most = counts.max(), let least = counts.min(), most != least else {
      return "prompt is too long: \(text)"
    }
    return "prompt is too long: \(most) tokens > \(least) maximum"
  }

  private static func numbers(in text: String) -> [Int] {
    text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
  }
}
