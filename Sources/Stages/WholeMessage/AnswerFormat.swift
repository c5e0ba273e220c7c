package import Pipeline

/// What the body of a successful answer is, whatever its content type says (V1).
package enum AnswerFormat: Sendable, Equatable {
  case eventStream
  case json
  /// A web page, plain text, nothing.
  case other

  /// Goes by the first bytes that tell; the content type decides where they do not.
  ///
  /// Endpoints send events as `application/json`, JSON as `text/event-stream`, and pages with any type.
  package static func sniff(contentType: String?, firstBytes: Bytes) -> AnswerFormat {
    let start = firstBytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    switch start.first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
    case UInt8(ascii: "<"): return .other
    case UInt8(ascii: ":"): return .eventStream
    case nil: return claimed(contentType)
    default: break
    }
    let fields = ["event:", "data:", "id:", "retry:"]
    return fields.contains { start.starts(with: $0.utf8) } ? .eventStream : claimed(contentType)
  }

  private static func claimed(_ contentType: String?) -> AnswerFormat {
    let type = (contentType ?? "").lowercased()
    if type.hasPrefix("text/event-stream") { return .eventStream }
    return type.hasPrefix("application/json") ? .json : .other
  }
}
