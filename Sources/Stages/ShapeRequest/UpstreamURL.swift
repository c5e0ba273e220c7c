import Pipeline

/// Builds the URL of an attempt: the endpoint's base, then path and query as the client sent them.
///
/// The host comes from the configuration alone, never from the request (CVE-2024-6587). The path is passed on
/// unchanged or refused, never normalised: what was checked is what is sent.
enum UpstreamURL {
  static func make(for request: ClientRequest, at endpoint: Endpoint) throws(ProxyFailure) -> String {
    guard request.path.hasPrefix("/v1/") else { throw refusal("The path must start with /v1/.") }
    let query = request.query.map { "?" + $0 } ?? ""
    guard request.path.utf8.allSatisfy({ isPlain($0) && $0 != UInt8(ascii: "?") }),
      query.utf8.allSatisfy(isPlain)
    else { throw refusal("The path has characters that must be percent-encoded.") }
    guard !isDevious(request.path) else {
      throw refusal("The path has dot segments or encoded control characters.")
    }
    if case .demo = endpoint.dialect { return demoURL(endpoint.name) + request.path + query }
    let base = endpoint.url.hasSuffix("/") ? String(endpoint.url.dropLast()) : endpoint.url
    // What the client asked for is said in another protocol there, and its query belongs to this one.
    if endpoint.profile != nil { return base + endpoint.pathPrefix }
    return base + request.path + query
  }

  /// `demo://NAME`, names being free text: what is not a letter or digit is percent-encoded.
  private static func demoURL(_ name: String) -> String {
    "demo://"
      + name.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          String(Unicode.Scalar(byte))
        default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
        }
      }.joined()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
  }

  /// Whether the path, or what a server makes of it by decoding it once or twice, leaves its place.
  private static func isDevious(_ path: String) -> Bool {
    // A plain path, as nearly all are, has no control characters either: `make` has looked.
    guard path.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%") }) else {
      return false
    }
    var bytes = Array(path.utf8)
    for _ in 0..<3 {
      if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) || hasDotSegment(bytes) { return true }
      bytes = decoded(bytes)
    }
    return false
  }

  /// `.` or `..` between slashes of either kind, also with a parameter (`..;x`).
  private static func hasDotSegment(_ path: [UInt8]) -> Bool {
    path.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).contains { segment in
      let name = segment.prefix { $0 != UInt8(ascii: ";") }
      return (1...2).contains(name.count) && name.allSatisfy { $0 == UInt8(ascii: ".") }
    }
  }

  /// One round of percent-decoding; what is no escape stays as it is.
  private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = hexadecimalValue(bytes[index + 1]), let low = hexadecimalValue(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func refusal(_ detail: String) -> ProxyFailure {
    ProxyFailure(
      .badRequest, origin: .client, stage: ShapeRequest.name, retry: .never, httpStatus: 400, detail: detail)
  }
}
